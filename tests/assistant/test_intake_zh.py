from __future__ import annotations

import pytest

from assistant import Patient, Settings
from assistant.assistant import triage
from assistant.homophones import respell
from assistant.intake import read
from assistant.knowledge import Knowledge
from corpus.concepts import ConceptTable

# Said as people say it: ordinary and colloquial words, dialects, shorthand of the wards, with and without punctuation.
EMERGENCIES = [
    "老伴儿捂着胸口直哎哟，说像有块大石头压在上头，汗把衣服都湿透了",
    "心脏那块儿揪着疼，喘气都不敢使劲，脸色发灰",
    "爸爸吃饭筷子突然掉了，右手捏不住东西，叫他说话呜噜呜噜听不懂",
    "娃儿扯风了，两眼上翻，嘴里吐白泡泡",
    "我爱人癫痫犯了五六分钟了还在抽，抽完又抽没醒过",
    "外公瞓咗叫極都唔醒，口唇發紫",
    "我弟跟老婆吵架喝了敌敌畏，嘴里冒白沫",
    "吃了山上采的野生菌，全家上吐下泻还看见小人",
    "他给我发了遗书，电话打不通，说要从桥上跳下去",
    "我已经攒够了安眠药，今晚就吃下去，对不起大家",
    "奶奶屙了好多血，马桶都是红的，脸色惨白",
    "大腿被玻璃划了个大口子，血往外飙，用衣服压着还在流",
    "被电动车撞飞，头上全是血，人迷迷糊糊",
    "头撞到墙角，当时昏了一会儿，现在吐了三次还老想睡觉",
    "孩子高烧，身上有出血点，压着不退，精神很差",
    "打了青霉素，胸闷，脸肿，嘴唇发麻，要晕过去",
    "老慢支的爷爷憋得脸发青，坐那儿张着嘴喘，话都说不全",
    "剖腹产后第六天突然喘不上气，胸口痛",
    "宝宝吞了颗纽扣电池",
    "怀孕28周，阴道大量流血，肚子绷得硬硬的",
    "产后三天，恶露像开水龙头一样，一个钟头换了五片卫生巾",
    "新生儿10天，发烧38.3，不吃奶",
    "奶娃娃拉了两天水，囟门凹下去了，眼眶也陷，一天没有尿",
    "小孩掉到鱼塘里，捞上来没呼吸了",
    "被竹叶青咬了脚，肿到小腿了",
    "厂里爆炸，脸和手都烧伤，声音嘶哑",
    "工地上太阳底下干活晕倒了，身上烫手，一滴汗都没有，胡言乱语",
    "打了石膏以后脚趾发紫发麻，疼得受不了",
    "肚子疼得像刀绞，肚皮硬得像板子，不敢碰",
    "有腹主动脉瘤，突然腰背痛得像撕裂，出冷汗",
    "血糖2.1，人抖得厉害，满头大汗，答非所问",
    "化疗后发烧39度，打寒战",
    "血压220/130，头痛，看东西模糊",
    "气管套管掉出来了，病人喘不上气",
    "我爸进的气少出的气多，快不行了",
    "伤口红肿一天扩散到整条腿，起黑泡，人发抖说胡话",
    "酒鬼停了酒三天，看见墙上有虫，浑身抖，乱打人",
    "老人贴了两张芬太尼贴，叫不醒，呼吸一分钟五六次",
    "他说要拿刀砍死家里人，已经在磨刀了",
    "去年得过心梗，今天胸口又压得慌，直冒汗",
    "没发烧，但是喘不上气，嘴唇都紫了",
    "不吃不喝两天了，叫不醒",
    "我怀疑是心梗，胸口闷痛，后背也痛，一身冷汗",
    "同事刚才倒地上，没呼吸了，怎么办",
    "三年前中风过，今早起来又说不出话了",
    "没摔跤没撞头，头突然炸裂一样疼，吐了",
    "宝宝没有发烧，可是脸发青，不哭不动，软绵绵的",
    "请问喝了百草枯怎么办，刚喝了两口",
    "如果现在送医院来得及吗，他吞了一整瓶安定",
    "老人不吃饭发烧三天，今天神志不清，手脚冰凉",
    "他说没事，但是吐的全是血",
    "没有过敏史，吃了虾嘴唇肿，喘",
    "她没怀孕过，这次停经50天，肚子剧痛晕倒",
    "新生儿吃奶差，黄到脚底板，叫不醒",
    "老人走路突然摔倒，起来后半边脸歪了",
    "俺妈肚子疼得直打滚，肚皮梆硬",
    "孩儿他爹让电打了，躺地上不动弹了",
    "患者男68岁，胸痛2h伴大汗，ECG示V1-4 ST抬高",
    "患者血压70/40，HR 140，四肢湿冷，尿少",
    "术后第2天，突发呼吸困难，胸痛，SpO2 85%",
    "产后2小时阴道出血约1200ml，血压80/50",
    "患儿抽搐持续10分钟未缓解，口唇青紫",
    "胸腔引流管脱出，病人气急",
    "快来人我爸不行了",
    "胸口疼得喘不上气",
    "老人昏倒了不省人事",
    "伤口喷血",
    "我吞了好多药",
    "大便都是血人快晕了",
    "喘得不行了快憋死了",
    "孕妇大出血",
    "宝宝没呼吸了",
    "煤气中毒了快救人",
    "他要跳楼",
    "吃了东西脸肿得像猪头呼吸困难",
    "胃管拔出来后呼吸困难",
    "PICC管断在里面了",
]
# The same things negated, long over, asked about beforehand, or told of somebody else.
CALM = [
    "我爷爷五年前心肌梗死放过两个支架，最近复查都好，想问能不能爬山",
    "要是突然胸口像石头压着怎么办，先吃硝酸甘油还是先打120？我现在挺好",
    "我妈三年前中风过，右手无力，现在恢复得差不多了，问康复锻炼",
    "小侄子去年高烧惊厥过一次，现在好好的，想问发烧几度吃退烧药",
    "孩子没抽，也没翻白眼，就是睡觉时偶尔蹬一下腿",
    "心肺复苏怎么做？一分钟按多少下",
    "我以前割过腕，现在吃药挺稳定，没有想死的念头，想复诊",
    "家里没人喝过农药，就是问问打完药的菜多久能吃",
    "孩子吃花生会不会噎住？现在没噎着，只是担心",
    "没有呕血黑便，没有头晕心慌，就是胃有点胀",
    "没有大出血，伤口干燥，来换药",
    "朋友吃头孢过敏性休克抢救过来了，我吃头孢前要不要做皮试",
    "以前吃芒果嘴唇肿过，现在没吃，没啥事，想查过敏原",
    "不喘，不憋，夜里能平躺睡，脚也不肿",
    "奶奶去年摔断过髋骨，手术后现在走路没问题",
    "头部外伤是前年的事，当时昏迷过，现在没后遗症",
    "想做个防溺水讲座，孩子溺水后该怎么救",
    "去年夏天中暑过一次，今年怎么预防",
    "宝宝吃奶好，哭声响亮，不发烧，小便六七次",
    "怀孕30周，胎动正常，没有见红，没有肚子痛，问糖耐怎么查",
    "我表妹宫外孕破裂抢救过，我自己月经正常",
    "去年冬天煤气中毒住过院，现在没后遗症",
    "课上老师问，脑疝时瞳孔一大一小说明什么",
    "网上说喝百草枯没救，是真的吗",
    "糖尿病十年，没低血糖过，没有出汗心慌，问能吃西瓜吗",
    "睾丸不疼不肿，就是想检查精液",
    "前年视网膜脱离手术，现在视力稳定，问复查",
    "病人神志清楚，对答切题，无抽搐，无呕吐",
    "患者否认胸痛、晕厥、咯血",
    "妈妈说她年轻时得过肺结核咳过血，现在体检肺部没问题",
    "老爸上次噎住是海姆立克救回来的，现在吃饭小心多了，问吃什么软食",
    "肚子不痛了，昨天吃坏东西拉了两次，现在好了",
    "支气管扩张以前咯过血，最近两年没有，想打流感疫苗",
    "怎样识别心梗的早期信号",
    "烫伤后该不该涂牙膏",
    "老妈五年前脑出血做过手术，现在能走能说，想问复查多久做CT",
    "孩子小时候烫伤过，疤痕能不能祛",
    "我叔是心梗走的，我想查查心脏",
    "朋友圈说洗澡太久会脑梗，是真的吗",
    "表弟吃头孢喝酒休克了，抢救回来了，我吃头孢期间不能喝酒对吧",
    "要是老人突然胸痛，家里备硝酸甘油可以吗",
    "如果出现呼吸困难或者胸痛再来医院对吗",
    "老师讲中风的FAST是哪几个步骤",
    "护理查房：上消化道出血病人呕血怎么护理？",
    "没有胸闷胸痛，没有心慌，睡眠好，想问阿司匹林饭前还是饭后吃",
    "不咳嗽不发烧不喘，肺结节复查时间到了",
    "手脚不麻，说话清楚，嘴不歪，血压150/90，要加药吗",
    "宝宝不哭不闹，吃奶正常，脸色红润，就是有点鼻塞",
    "孕39周没破水没见红，胎动正常，什么时候去住院",
    "我没有自杀的念头，只是失眠，想换个安眠药",
    "血糖6.5，没有头晕出汗手抖，早饭吃什么好",
    "痔疮手术后大便不出血了，还要坐浴吗",
    "几年前骨折打过钢板，现在要不要取",
    "上个月烧到40度住过院，现在体温正常，想问什么时候打疫苗",
    "我妈生我的时候大出血，会遗传吗",
    "新冠后咳嗽好了，也不喘了，可以跑步吗",
    "狂犬疫苗打完了能喝酒吗，狗现在还活着，人没事",
    "这药会不会引起胃出血？我现在没有不舒服",
    "他汀会不会导致肌肉溶解，我没有肌肉痛",
    "阿尔茨海默会不会走丢，要戴手环吗",
    "担心宝宝溺水，浴盆放多少水合适",
    "写小说需要，想知道人触电后是什么反应",
    "昨天小区有人跳楼，我有点害怕，睡不着",
    "阿婆以前中過風，而家行得走得，想問幾耐覆診",
    "细路冇抽筋冇发烧，想问几时打针",
    "娃儿莫得抽筋，也不发烧，就是有点流鼻涕",
]
URGENT = [
    "尿频尿急尿痛，今天发烧38.5，腰酸",
    "小腿肿了一条，按着疼，没胸闷不喘",
    "鼻饲管掉出来了，病人没呛",
    "怀孕26周，胎动比昨天少",
    "被猫抓了出血，没打过疫苗",
    "误吞了一个一角硬币，没不舒服",
    "针头扎了手，病人是乙肝",
    "突然一只耳朵听不见了",
    "新生儿五天，身上黄，吃奶可以",
    "手被菜刀割了口子，血止住了，口子挺深",
    "扭了脚肿了不敢踩地",
    "PICC穿刺点红肿渗液",
]


def level(text: str, knowledge: Knowledge) -> str:
    return triage(text, Patient(), knowledge, Settings(_env_file=None), "zh").level


@pytest.mark.parametrize("text", EMERGENCIES)
def test_an_emergency_is_seen_however_it_is_said(knowledge: Knowledge, text: str) -> None:
    assert level(text, knowledge) == "emergency"


@pytest.mark.parametrize("text", CALM)
def test_what_is_not_this_patient_now_is_no_emergency(knowledge: Knowledge, text: str) -> None:
    assert level(text, knowledge) != "emergency"


@pytest.mark.parametrize("text", URGENT)
def test_what_needs_to_be_seen_today_is_urgent(knowledge: Knowledge, text: str) -> None:
    assert level(text, knowledge) == "urgent"


@pytest.mark.parametrize(
    ("text", "concept", "status"),
    [
        ("嘴不歪", "facial_droop", "absent"),
        ("胸口一点都不疼", "chest_pain", "absent"),
        ("娃儿莫得抽筋", "seizure", "absent"),
        ("阿婆冇嘔血", "vomiting_blood", "absent"),
        ("走不动，胸口疼", "chest_pain", "present"),
        ("老人不吃饭发烧两天", "fever", "present"),
        ("以前也疼过，不过这次胸口疼得厉害", "chest_pain", "present"),
        ("怕是中风，嘴歪了", "facial_droop", "present"),
        ("比上次疼，肚子硬得像板子", "severe_abdominal_pain", "present"),
        ("路人突然倒地没反应，怎么办", "unresponsive", "present"),
        ("同事刚才抽搐了，快来人", "seizure", "present"),
        ("同事去年抽搐住院了，我没事", "seizure", "other"),
        ("他昏过去了", "fainting", "present"),
        ("两天没放屁，肚子胀，一直吐", "bowel_obstruction", "present"),
        ("走了几步就喘不上气", "breathlessness", "present"),
    ],
)
def test_the_status_of_a_chinese_finding(table: ConceptTable, text: str, concept: str, status: str) -> None:
    assert status in {f.status for f in read(text, table).findings if table.is_a(f.concept, concept)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("胸藤得厉害", "胸疼得厉害"),
        ("呼息困难", "呼吸困难"),
        ("晕到了", "晕倒了"),
        ("头运眼花", "头晕眼花"),
        ("昏谜不醒", "昏迷不醒"),
        ("流雪不止", "流血不止"),
        ("说话不青楚", "说话不清楚"),
        ("宝宝发绕抽畜", "宝宝发烧抽搐"),
        ("全身没历气", "全身没力气"),
    ],
)
def test_a_slip_that_sounds_or_looks_like_the_word_is_read_as_it(table: ConceptTable, written: str, meant: str) -> None:
    assert respell(written, table) == meant


@pytest.mark.parametrize(
    "text",
    [
        "头发少，想问用什么洗发水",
        "头晕到站不稳",
        "输液架与心脏同高",
        "护士不听家属意见",
        "有出血倾向的病人少用硬毛牙刷",
        "伤口不愈合",
        "看看最近的血糖记录",
        "吃没吃药记在本子上",
        "plain English, no Chinese",
    ],
)
def test_ordinary_words_are_left_alone(table: ConceptTable, text: str) -> None:
    assert respell(text, table) == text


def test_respelling_keeps_places(table: ConceptTable) -> None:
    finding = next(f for f in read("我爸 胸藤", table).findings if f.concept == "chest_pain")
    assert (finding.start, finding.end) == (3, 5)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("血氧掉到75了", "spo2", 75),
        ("心跳只有30", "heart_rate", 30),
        ("血压220头痛", "systolic_bp", 220),
        ("体温升到40", "temperature_c", 40),
        ("今天38.5度", "temperature_c", 38.5),
    ],
)
def test_a_number_told_in_other_words(table: ConceptTable, text: str, key: str, value: float) -> None:
    assert read(text, table).numbers.vitals[key] == value


@pytest.mark.parametrize("text", ["热水40度", "喝了38度白酒", "发烧3天"])
def test_a_number_of_something_else_is_no_temperature(table: ConceptTable, text: str) -> None:
    assert "temperature_c" not in read(text, table).numbers.vitals
