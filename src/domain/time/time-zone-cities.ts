// Cities that no zone is named after, other spellings, and abbreviations of zones with summer time. Names are folded:
// lower case, no accents, one space between words.
const cities: Readonly<Record<string, string>> = {
  'Africa/Cairo': 'alexandria, giza, القاهرة',
  'Africa/Johannesburg': 'cape town, durban, pretoria, sast',
  'Africa/Lagos': 'abuja',
  'Africa/Nairobi': 'mombasa',
  'Africa/Casablanca': 'marrakesh, marrakech, rabat',
  'America/Anchorage': 'akst, akdt',
  'America/Argentina/Buenos_Aires': 'cordoba argentina, rosario',
  'America/Bogota': 'medellin, cali',
  'America/Chicago':
    'cst, cdt, ct, central, central time, us central, austin, dallas, houston, minneapolis, san antonio, st louis, st. louis, nashville, new orleans, kansas city, milwaukee, memphis',
  'America/Denver':
    'mst, mdt, mt, mountain, mountain time, us mountain, salt lake city, boulder, albuquerque, colorado springs',
  'America/Edmonton': 'calgary',
  'America/Guayaquil': 'quito',
  'America/Halifax': 'ast, adt',
  'America/Los_Angeles':
    'la, l.a., sf, pst, pdt, pt, pacific, pacific time, us pacific, san francisco, bay area, silicon valley, palo alto, mountain view, menlo park, san jose, oakland, berkeley, seattle, redmond, portland, san diego, sacramento, las vegas',
  'America/Mexico_City': 'guadalajara, puebla, ciudad de mexico, cdmx',
  'America/Montevideo': 'uruguay',
  'America/New_York':
    'nyc, ny, est, edt, et, eastern, eastern time, us eastern, new york city, brooklyn, manhattan, boston, cambridge ma, washington, washington dc, washington d.c., dc, d.c., philadelphia, pittsburgh, atlanta, miami, orlando, tampa, baltimore, charlotte, raleigh, cleveland, columbus, cincinnati',
  'America/Phoenix': 'tucson, arizona',
  'America/Santiago': 'santiago de chile, valparaiso',
  'America/Sao_Paulo': 'rio, rio de janeiro, brasilia, belo horizonte, curitiba, porto alegre, brt',
  'America/Toronto': 'montreal, ottawa, quebec, waterloo',
  'America/Vancouver': 'victoria bc',
  'America/St_Johns': 'nst, ndt, newfoundland',
  'Asia/Bangkok': 'chiang mai, กรุงเทพ, phuket',
  'Asia/Dubai': 'abu dhabi, دبي',
  'Asia/Ho_Chi_Minh': 'hanoi, ha noi, saigon, da nang, hcmc',
  'Asia/Hong_Kong': 'hk, hkt, 香港',
  'Asia/Jakarta': 'bandung, surabaya, wib',
  'Asia/Jerusalem': 'tel aviv, haifa, israel, תל אביב, ירושלים',
  'Asia/Karachi': 'lahore, islamabad, pkt',
  'Asia/Kolkata':
    'mumbai, bombay, delhi, new delhi, bangalore, bengaluru, chennai, madras, hyderabad, pune, ahmedabad, gurgaon, gurugram, noida, jaipur, kochi, india, ist, मुंबई, दिल्ली, नई दिल्ली',
  'Asia/Manila': 'cebu, quezon city, makati',
  'Asia/Riyadh': 'jeddah, mecca, الرياض',
  'Asia/Seoul': 'busan, incheon, pangyo, kst, korea, 서울, 서울시, 부산, 인천, 대전, 대구, 광주, 판교, 한국',
  'Asia/Shanghai':
    'beijing, peking, shenzhen, guangzhou, hangzhou, chengdu, wuhan, nanjing, tianjin, xian, china, 北京, 上海, 深圳, 广州, 杭州, 成都, 中国',
  'Asia/Singapore': 'sg, sgt, 新加坡',
  'Asia/Taipei': '台北, 臺北, 台灣',
  'Asia/Tashkent': 'uzbekistan',
  'Asia/Tokyo': 'osaka, kyoto, yokohama, nagoya, fukuoka, sapporo, jst, japan, 東京, 东京, 大阪, 京都, 日本',
  'Australia/Adelaide': 'acst, acdt',
  'Australia/Perth': 'awst',
  'Australia/Sydney': 'canberra, newcastle, wollongong, aest, aedt',
  'Europe/Amsterdam': 'rotterdam, the hague, den haag, utrecht, eindhoven',
  'Europe/Athens': 'thessaloniki, αθηνα',
  'Europe/Berlin':
    'munich, munchen, muenchen, hamburg, frankfurt, cologne, koln, koeln, stuttgart, dusseldorf, duesseldorf, leipzig, dresden, nuremberg, nurnberg, hanover, hannover, bremen, bonn, karlsruhe, germany, deutschland',
  'Europe/Brussels': 'antwerp, antwerpen, ghent, gent, brussel, bruxelles',
  'Europe/Bucharest': 'cluj, cluj-napoca, iasi, timisoara, bucuresti',
  'Europe/Copenhagen': 'aarhus, kobenhavn, københavn',
  'Europe/Dublin': 'cork, galway',
  'Europe/Helsinki': 'espoo, tampere',
  'Europe/Istanbul': 'ankara, izmir, turkey',
  'Europe/Kyiv': 'lviv, kharkiv, odesa, odessa, dnipro, київ, киев',
  'Europe/Lisbon': 'porto, lisboa',
  'Europe/London':
    'bst, uk, manchester, birmingham, edinburgh, glasgow, cambridge, oxford, bristol, leeds, liverpool, cardiff, belfast, england, britain',
  'Europe/Madrid': 'barcelona, valencia, seville, sevilla, malaga, bilbao',
  'Europe/Moscow': 'st petersburg, st. petersburg, saint petersburg, msk, москва, санкт-петербург',
  'Europe/Paris': 'lyon, marseille, toulouse, nice, bordeaux, nantes, lille, strasbourg, grenoble',
  'Europe/Prague': 'brno, praha',
  'Europe/Rome': 'milan, milano, turin, torino, naples, napoli, florence, firenze, bologna, roma, venice',
  'Europe/Stockholm': 'gothenburg, goteborg, malmo, uppsala',
  'Europe/Vienna': 'wien, graz, linz, salzburg, innsbruck',
  'Europe/Warsaw': 'krakow, cracow, wroclaw, wrocław, gdansk, gdańsk, poznan, poznań, lodz, warszawa',
  'Europe/Zurich': 'geneva, geneve, genf, basel, bern, lausanne, zuerich',
  'Pacific/Auckland': 'wellington, christchurch, nzst, nzdt, new zealand',
  'Pacific/Honolulu': 'hst, hawaii',
}

const zones = new Map(
  Object.entries(cities).flatMap(([zone, names]) => names.split(', ').map((name) => [name, zone] as const)),
)

/** Returns the zone of a city or an abbreviation that no zone is named after. */
export function zoneOfName(name: string): string | null {
  return zones.get(name) ?? null
}
