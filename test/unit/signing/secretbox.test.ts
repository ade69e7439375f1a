import { expect, test } from 'vitest'
import { openSecretBox } from '../../../src/signing/secretbox.ts'

// Sealed by golang.org/x/crypto/nacl/secretbox with random keys, nonces and messages.
const BOXES = [
  {
    key: '7b1b25de1d9c925ae9d2334d8a4975ff52caf5da131421ee44defd10a34b72a9',
    nonce: 'fa99227c126b9d2bc6791cd55f5aab3e9a98136606b47fb6',
    message: '',
    sealed: 'd063960cc9a728539a59f105210fa912',
  },
  {
    key: 'bb3eff96fd1cf961f3618ea8f0487be4c0fbe3a155b6684f49d11d90fba52c7c',
    nonce: '2e82979a99808e76d38fa3de5bbdd0a4ac95b271345f8d44',
    message: '97',
    sealed: 'a8120af487df2285edc42330e8c517a50d',
  },
  {
    key: '27c85dc88d3832b814bf39e2cf9df9eedec1e80635c0a17f51c9b1080385f8ff',
    nonce: '22d3caefb499784af301cf8eeb5ab6fcc473f3e114207bab',
    message: '2c87b0c089652cb23056831e1dc2c1163f5470f7ec41ad18d6a25172447599',
    sealed:
      '4442c60c1e08b8088186b752a33562cbfd9def630227d82e9de7051fbd3687dfbdf77e606f3094bf94299374560b39',
  },
  {
    key: 'ba102c5fd2bf222a4f4b2a359725b0402eb942f4f0fb81fd1ed5458c2c6ae398',
    nonce: 'af1e103182e83c245a0eb97548f073f1f57e9c3601969f8e',
    message: '42a21953442065d5a343346cb38de46ea1aea1053705fc0de3d63b0fdb5a52d5',
    sealed:
      'd8c0d2592b5cb6d33e8ad7774a68972ef9f0d3ab2bee520613abaae7354356edb8311cc25ff4a937a453d62a1ce1b124',
  },
  {
    key: '000e79e5c7444d21dbb914a8149d93a0ad1427aaf1fc62f8fe037a495be3ae78',
    nonce: '8b383a6eb685227c3f5c46a390da3e0462895e88d0167428',
    message: 'a2e234aef766345993cff468df2a5d83d716bce00098e71a6fbbe1ad614d099bfa',
    sealed:
      '21e19e873c22ef9ed9994a14c6ccb1c3c7d4c07d33c8b88206e0356d42d94f6da66f59911c41bf9689d971fd74d479893c',
  },
  {
    key: '7ced6b92b5c807c229d0a38690e58b09fc2ac51f596e73a120333a29c918f859',
    nonce: '4578b66104931ce988c69ff1038df466621d18d5869d72a4',
    message:
      'ea8c07ad0be1a8196b6b8cb2bf7d5b324336ebd8efe98462ee645ed33b551e32b54d12e0ad28326d9ae7efd3bcf7c7d892a05a9de84a4b6ef7249074a8ed3ae9',
    sealed:
      '290bd31df1dfae448f19824b8d91623bfad79b3ce5772035713528ff78c0e67585ed64386c45761a9e46e96c351aff00e0b9a8d4e2088b44376f07ce6badabba6cc286e80ff8c80d9d2de54f4d17b425',
  },
  {
    key: 'cbdbca1b33febf0a81bbf7002d55168f6079ec8820900c45f45bbcfd8e0e184a',
    nonce: '9c8d43bf12363d9377c47e82ddce7233cf026d7df26a1052',
    message:
      'aed844cbb60d15a721eca92577e3e452918785d21b751294c166d1b382d768ce34a7692faeb84bcd361d68851d31e1efa0b82072aa5b64740c39684a59ee0eb7b683beea8ca75781ea8260f6a91235c21f48cf3a2da828a118755145fb2f8e870f5bfb33da6594554a3470248bfba61f4bd41e6c378747a79838ff1a89936b4a17c89f',
    sealed:
      '4949ff8cc4f7078a14adcc3fe6de271413c1ca0030beceb28d7500cb1b30369320098ad181495a6d4818f99f83c848e63cc468ad36817e8be936bd054035da179d4c97a0da097a1a3f00cec978659466c72a1cf7920e5232d5f6d257005a0343ebe5bd8d57796c65fb75b9b44801d37b57d4752cecd9b3761f1cab0bfedf9dbc2aabe43de4e8427833351f6e048e0fcf3e5b98',
  },
  {
    key: 'f8e2dc6eb68845af6e39d0f34ec6f22bd089cbc814fc9b7d2354ccc8093abc76',
    nonce: '57a9bf8bdadcbef0322ac840f9486e23d9d51708c469603c',
    message:
      '0c8d9ec551924edff15863f832a337f48fc16ce262f3a88cd33c8e3a124afa0551232ee1b5534212db8d6bffdcc688c99dc95c70f9f63f9b9c4cbb6f5a657d6ca2e2621214a9934ad0c577df3cd704fa475b6899dcd8ef7d6fdf818097f510a8d8345741d83b81fde92add5291ee44c84e9c549f277a79d99bb2c301a046f63260be94622c57b54728aac0b838e5dcd8e284208befd014e478de2ac937d73db5afbdb1a1ab38fdbc35ca8a3f0ad9c84e7997f06747ef9fbab43f7fb4f504a9fbcf888539b8f33f29ebcba91aa3c92b2a39e5c4aab146a7b6251c539a60afc9ce551eab1a0fe2bf50b39fe752ac39e288b23d4a03a3e9c9acd3b4a05be496b17082d23e62d20a95a67b5d7674b95fa55640e6f3080610d2f87c0345e38cc0de07968015098149fb4fb9fac52e',
    sealed:
      '5f96b045c94e4791ba7c08dd1eecf01aeace85b74d8a9f527cc44624d31f052aa3944b42a322e2f1ff344f0f6b19a2a2ecb881c7962c0203ec6c0d0150d7593bb86f4fd18a460d9efb77f77cffffd4f583dd69f781d83e47590d4d8fae9a6c30fe0a71c5310faf029d641c1f1485c6cb500db2cfe2135a2ee4b68e650b1075f0d377c1dd0f63c7b58a7aa35e9fd6b196f23d5119b8b5ce798f78f6b8a847ac78a633630dfe599e538f2a026aabd70a467cb80dd1c9085f65764e5c66491a973e4008d1193d6ec8aea5650a9b8eb08db0732465e89ae272a1a3b9d21ea72aa7df612cc2fae87073daa0ed13bc55e9f0fb94c5acb62b506e8ef410c053792e795fb8bf0511e5d4e24856cc0c32192124ba5fac22f0d4f89bfad507b2817ffa64913201b1c36965e825a29ce20dba2958e371ba9c640680c7504e344734',
  },
]

const bytes = (digits: string) => Buffer.from(digits, 'hex')

test.each(BOXES)('a box of Go is opened: $message', ({ key, nonce, message, sealed }) => {
  const opened = openSecretBox({ key: bytes(key), nonce: bytes(nonce), sealed: bytes(sealed) })
  expect(opened?.toString('hex')).toBe(message)
})

test.each(BOXES)('a box with one bit changed stays shut: $message', ({ key, nonce, sealed }) => {
  const box = { key: bytes(key), nonce: bytes(nonce), sealed: bytes(sealed) }
  for (const part of ['key', 'nonce', 'sealed'] as const) {
    for (const at of [0, box[part].length - 1]) {
      const changed = Buffer.from(box[part])
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(openSecretBox({ ...box, [part]: changed })).toBeUndefined()
    }
  }
})

test('parts of a wrong length open nothing', () => {
  const [{ key, nonce, sealed }] = BOXES as [(typeof BOXES)[0]]
  const box = { key: bytes(key), nonce: bytes(nonce), sealed: bytes(sealed) }
  expect(openSecretBox({ ...box, sealed: Buffer.alloc(15) })).toBeUndefined()
  expect(openSecretBox({ ...box, nonce: Buffer.alloc(23) })).toBeUndefined()
  expect(openSecretBox({ ...box, key: Buffer.alloc(31) })).toBeUndefined()
})
