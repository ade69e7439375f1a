/**
 * Abbreviations of time zones as the tz database of 2025 has them for our days, because
 * JavaScript knows most zones by offset only.
 *
 * One line for each set of zones: abbreviations with their offsets in minutes, a colon,
 * then areas with their places. A zone that is not here is written as its offset.
 */
export const ZONE_ABBREVIATIONS = `
ACST+570: Australia/Darwin,North
ACST+570 ACDT+630: Australia/Adelaide,Broken_Hill,South,Yancowinna
AEST+600: Australia/Brisbane,Lindeman,Queensland
AEST+600 AEDT+660: Antarctica/Macquarie Australia/ACT,Canberra,Currie,Hobart,Melbourne,NSW,Sydney,Tasmania,Victoria
AKST-540 AKDT-480: America/Anchorage,Juneau,Metlakatla,Nome,Sitka,Yakutat US/Alaska
AST-240: America/Anguilla,Antigua,Aruba,Barbados,Blanc-Sablon,Curacao,Dominica,Grenada,Guadeloupe,Kralendijk,Lower_Princes,Marigot,Martinique,Montserrat,Port_of_Spain,Puerto_Rico,Santo_Domingo,St_Barthelemy,St_Kitts,St_Lucia,St_Thomas,St_Vincent,Tortola,Virgin
AST-240 ADT-180: America/Glace_Bay,Goose_Bay,Halifax,Moncton,Thule Atlantic/Bermuda Canada/Atlantic
AWST+480: Australia/Perth,West
CAT+120: Africa/Blantyre,Bujumbura,Gaborone,Harare,Juba,Khartoum,Kigali,Lubumbashi,Lusaka,Maputo,Windhoek
CET+60: Africa/Algiers,Tunis
CET+60 CEST+120: Africa/Ceuta Arctic/Longyearbyen Atlantic/Jan_Mayen CET,Poland Europe/Amsterdam,Andorra,Belgrade,Berlin,Bratislava,Brussels,Budapest,Busingen,Copenhagen,Gibraltar,Ljubljana,Luxembourg,Madrid,Malta,Monaco,Oslo,Paris,Podgorica,Prague,Rome,San_Marino,Sarajevo,Skopje,Stockholm,Tirane,Vaduz,Vatican,Vienna,Warsaw,Zagreb,Zurich
CST+480: Asia/Chongqing,Chungking,Harbin,Macao,Macau,Shanghai,Taipei PRC,ROC
CST-300 CDT-240: America/Havana Cuba
CST-360: America/Bahia_Banderas,Belize,Chihuahua,Costa_Rica,El_Salvador,Guatemala,Managua,Merida,Mexico_City,Monterrey,Regina,Swift_Current,Tegucigalpa Canada/Saskatchewan Mexico/General
CST-360 CDT-300: America/Chicago,Knox_IN,Matamoros,Menominee,Ojinaga,Rainy_River,Rankin_Inlet,Resolute,Winnipeg America/Indiana/Knox,Tell_City America/North_Dakota/Beulah,Center,New_Salem CST6CDT Canada/Central US/Central,Indiana-Starke
ChST+600: Pacific/Guam,Saipan
EAT+180: Africa/Addis_Ababa,Asmara,Asmera,Dar_es_Salaam,Djibouti,Kampala,Mogadishu,Nairobi Indian/Antananarivo,Comoro,Mayotte
EET+120: Africa/Tripoli Europe/Kaliningrad Libya
EET+120 EEST+180: Africa/Cairo Asia/Beirut,Famagusta,Gaza,Hebron,Nicosia EET,Egypt Europe/Athens,Bucharest,Chisinau,Helsinki,Kiev,Kyiv,Mariehamn,Nicosia,Riga,Sofia,Tallinn,Tiraspol,Uzhgorod,Vilnius,Zaporozhye
EST-300: America/Atikokan,Cancun,Cayman,Coral_Harbour,Jamaica,Panama EST,Jamaica
EST-300 EDT-240: America/Detroit,Fort_Wayne,Grand_Turk,Indianapolis,Iqaluit,Louisville,Montreal,Nassau,New_York,Nipigon,Pangnirtung,Port-au-Prince,Thunder_Bay,Toronto America/Indiana/Indianapolis,Marengo,Petersburg,Vevay,Vincennes,Winamac America/Kentucky/Louisville,Monticello Canada/Eastern EST5EDT US/East-Indiana,Eastern,Michigan
GMT+0: Africa/Abidjan,Accra,Bamako,Banjul,Bissau,Conakry,Dakar,Freetown,Lome,Monrovia,Nouakchott,Ouagadougou,Sao_Tome,Timbuktu America/Danmarkshavn Atlantic/Reykjavik,St_Helena GMT+0,GMT-0,GMT0,Greenwich,Iceland
GMT+0 BST+60: Europe/Belfast,Guernsey,Isle_of_Man,Jersey,London GB,GB-Eire
GMT+0 IST+60: Eire Europe/Dublin
HKT+480: Asia/Hong_Kong Hongkong
HST-600: HST Pacific/Honolulu,Johnston US/Hawaii
HST-600 HDT-540: America/Adak,Atka US/Aleutian
IST+120 IDT+180: Asia/Jerusalem,Tel_Aviv Israel
IST+330: Asia/Calcutta,Kolkata
JST+540: Asia/Tokyo Japan
KST+540: Asia/Pyongyang,Seoul ROK
MET+60 MEST+120: MET
MSK+180: Europe/Kirov,Moscow,Simferopol,Volgograd W-SU
MST-420: America/Creston,Dawson,Dawson_Creek,Fort_Nelson,Hermosillo,Mazatlan,Phoenix,Whitehorse Canada/Yukon MST Mexico/BajaSur US/Arizona
MST-420 MDT-360: America/Boise,Cambridge_Bay,Ciudad_Juarez,Denver,Edmonton,Inuvik,Shiprock,Yellowknife Canada/Mountain MST7MDT,Navajo US/Mountain
NST-210 NDT-150: America/St_Johns Canada/Newfoundland
NZST+720 NZDT+780: Antarctica/McMurdo,South_Pole NZ Pacific/Auckland
PKT+300: Asia/Karachi
PST+480: Asia/Manila
PST-480 PDT-420: America/Ensenada,Los_Angeles,Santa_Isabel,Tijuana,Vancouver Canada/Pacific Mexico/BajaNorte PST8PDT US/Pacific
SAST+120: Africa/Johannesburg,Maseru,Mbabane
SST-660: Pacific/Midway,Pago_Pago,Samoa US/Samoa
WAT+60: Africa/Bangui,Brazzaville,Douala,Kinshasa,Lagos,Libreville,Luanda,Malabo,Ndjamena,Niamey,Porto-Novo
WET+0 WEST+60: Atlantic/Canary,Faeroe,Faroe,Madeira Europe/Lisbon Portugal,WET
WIB+420: Asia/Jakarta,Pontianak
WIT+540: Asia/Jayapura
WITA+480: Asia/Makassar,Ujung_Pandang
UTC+0: UTC,UCT,Zulu,Universal Etc/UTC,UCT,Zulu,Universal
GMT+0: GMT Etc/GMT,GMT0,Greenwich
`
