"""Whether an article is about medical devices, and its topics."""

import pytest

from streams.analyse.classify import classifier
from streams.analyse.frames import Document
from streams.analyse.mentions import finder
from tidings.lexicon import load

LEXICON = load()
NAMES, CLASSIFY = finder(LEXICON), classifier(LEXICON)


def document(title: str, body: str, language: str) -> Document:
    return Document(title=title, body=body, language=language, published=None, lexicon=LEXICON, find_names=NAMES)


@pytest.mark.parametrize(
    ("title", "body", "language", "topics"),
    [
        (
            "State Council issues action plan for hospital equipment",
            "The plan supports the renewal of ventilators.",
            "en",
            {"policy"},
        ),
        ("Recall of an infusion pump", "The maker of the medical device recalls it over a defect.", "en", {"safety"}),
        ("某县人民医院彩超采购项目中标公告", "中标供应商提供两台彩色超声设备。", "zh-Hans", {"procurement"}),
        ("一季度医疗器械出口增长", "海关数据显示，口罩出口回升，关税影响有限。", "zh-Hans", {"trade"}),
        ("脑机接口纳入医保报销范围", "多地医保局公布医疗服务价格项目。", "zh-Hans", {"reimbursement"}),
    ],
)
def test_an_article_about_devices_gets_its_topics(title: str, body: str, language: str, topics: set[str]) -> None:
    found = CLASSIFY(document(title, body, language))

    assert found.relevant
    assert topics <= set(found.topics)


@pytest.mark.parametrize(
    ("title", "body", "language"),
    [
        (
            "Ward keeps old cots, buys new incubators",
            "The maternity unit replaced eight incubators after a fund-raising walk.",
            "en",
        ),
        ("Grenoble valve maker wins a second line", "Aldemar Vascular will hire 40 people to sew tissue valves.", "en"),
        ("Why autoclaves break on Mondays", "Sterile services staff say the weekend is to blame.", "en"),
        (
            "Tinsley Surgical names a finance chief",
            "Tinsley Surgical appointed Rhea Bond on Monday. She worked in shipping before.",
            "en",
        ),
        ("Hearing aids now sold in chemists", "Customers can try hearing aids without an appointment.", "en"),
        (
            "Radiographers strike over rota",
            "The radiology department will scan emergencies only; two mobile scanners stand idle.",
            "en",
        ),
        (
            "Notified bodies face a queue of files",
            "Manufacturers wait fourteen months for a certificate under the MDR.",
            "en",
        ),
        ("Prosthetic hands from a village workshop", "An orthotics clinic prints hands for children.", "en"),
        ("Hospital finds fault with infusion sets", "Nurses noticed air in the line.", "en"),
        ("Distributor of wheelchairs files for protection", "Creditors were told on Friday.", "en"),
        (
            "Tariff on syringes and gloves takes effect",
            "Importers of disposable medical gloves and syringes stocked up before the deadline.",
            "en",
        ),
        ("Elmfield Diagnostics posts a loss", "Revenue fell as orders for rapid tests dried up.", "en"),
        ("Surgeons learn the knee from a simulator", "The course uses a robotic arm and plastic bones.", "en"),
        ("Trial of a drug-eluting stent ends early", "The stent maker gave no reason.", "en"),
        ("Spinal implants: fewer screws, same result", "A study compared two ways to fix vertebrae.", "en"),
        ("Dentists complain of slow scanners", "An intraoral scanner should take a minute.", "en"),
        (
            "Breakthrough status for a stroke catheter",
            "The regulator gave the thrombectomy device the designation.",
            "en",
        ),
        ("Philips settles over sleep devices", "The settlement covers CPAP users.", "en"),
        ("Oxygen runs short in three provinces", "Oxygen concentrators are being flown in for patients.", "en"),
        ("县医院添置移动DR", "设备科说，机器能推到床边，放射科不再排队。", "zh-Hans"),
        ("湖畔医疗换帅", "湖畔医疗公告，原总经理辞任，由副总经理接任。", "zh-Hans"),
        ("助听器进社区", "听力师每周二在社区为老人调试助听器。", "zh-Hans"),
        ("多地推进大型医用设备配置证改革", "配置许可改为告知承诺。", "zh-Hans"),
        ("义齿加工厂搬进新园区", "工人每天打磨三百颗牙冠。", "zh-Hans"),
        ("輪椅租借服務擴展至離島", "居民可在碼頭租用電動輪椅。", "zh-Hant"),
        ("醫材商赴東京參展", "十二家業者展出血壓計與呼吸器。", "zh-Hant"),
        ("洗腎中心更換透析機", "病人多在清晨到院。", "zh-Hant"),
        ("一文读懂骨科耗材集采接续", "接骨板、髓内钉的报价区间收窄。", "zh-Hans"),
        ("血糖试纸价格战", "电商平台上，五十片装的血糖试纸跌破二十元。", "zh-Hans"),
        ("胶囊胃镜走进体检中心", "受检者吞下胶囊，半小时后离开。", "zh-Hans"),
        ("消毒供应中心的夜班", "护士在灯下检查每一把钳子，手术器械按科室分篮。", "zh-Hans"),
        ("药监局发布体外诊断试剂分类目录", "新目录对分子诊断产品作了调整。", "zh-Hans"),
        ("强生外科业务裁员", "缝合器工厂将关闭。", "zh-Hans"),
        ("人工智能读片获临床认可", "该软件帮助医生发现肺部阴影。", "zh-Hans"),
        ("国务院关税税则委员会调整部分医疗设备进口关税", "影像设备和球管税率下调。", "zh-Hans"),
        ("Ventilators for the north", "A convoy brought ventilators to two hospitals.", "en"),
    ],
)
def test_the_vocabulary_of_devices_makes_an_article_one_about_them(title: str, body: str, language: str) -> None:
    assert CLASSIFY(document(title, body, language)).relevant


@pytest.mark.parametrize(
    ("title", "body", "language"),
    [
        ("Carmaker recalls 9,000 cars", "The automaker found a defect in the brake.", "en"),
        ("NMPA approves an oncology drug", "The monoclonal antibody treats lung cancer.", "en"),
        ("某药企仿制药获批", "该注射液为化学药品，已获药品批准文号。", "zh-Hans"),
        ("银行下调贷款利率", "多家银行宣布调整。", "zh-Hans"),
        (
            "Once-monthly injection for migraine approved",
            "The FDA approved the antibody, an injection that patients give themselves, Corso Pharma said.",
            "en",
        ),
        (
            "Insulin maker cuts prices",
            "The drugmaker will sell its insulin glargine at half the list price. Patients with diabetes welcomed it.",
            "en",
        ),
        (
            "Hospital chain reports earnings",
            "The hospital operator said admissions rose and its doctors saw more patients.",
            "en",
        ),
        (
            "Heart drug fails in late trial",
            "The tablet did not lower cardiovascular deaths in patients with coronary disease.",
            "en",
        ),
        ("Carmaker opens battery plant", "Industrial robots weld the frames; the vehicle goes on sale in May.", "en"),
        (
            "Bank lends to solar farm",
            "The lender approved a loan of 40 million dollars. Solar panels come from Hefei.",
            "en",
        ),
        ("Lipstick recalled over lead", "The cosmetics firm recalled a lipstick after tests in a laboratory.", "en"),
        ("Bakery chain expands overseas", "The food company now sells in 12 countries; overseas sales rose 30%.", "en"),
        (
            "Deep learning start-up raises money",
            "Its artificial intelligence writes contracts. Investors value the firm at one billion dollars.",
            "en",
        ),
        ("Welding robot wins design prize", "The industrial robot has a robotic arm of carbon fibre.", "en"),
        (
            "Nurses vote on pay",
            "Nurses and doctors at the hospital will vote next week. Patients may wait longer.",
            "en",
        ),
        (
            "Gene therapy for blindness wins approval",
            "The cell and gene therapy is injected once. The clinic treats ten patients a month.",
            "en",
        ),
        ("Vaccine plant to double output", "The vaccine maker exports to 30 countries.", "en"),
        (
            "Smartphone exports slip",
            "China exported smartphones worth $9 billion, down 4%. Chips and scanners in phones cost more.",
            "en",
        ),
        ("Drone delivers parcels to island", "The drone carries groceries and, once, a patient's pills.", "en"),
        ("Supermarket recalls kitchen gloves", "The retailer recalled rubber gloves that tear.", "en"),
        ("Fashion house sells needles as jewellery", "A needle dressing-table set costs 900 euros.", "en"),
        ("City raises sewage fees", "Residents complained about the new tariff.", "en"),
        ("Pharmacy chain sued over opioid pills", "The pharmacy chain denied wrongdoing.", "en"),
        ("Pet food recall widens", "The pet food may contain metal.", "en"),
        ("某降压药纳入医保目录", "该片剂口服一次，患者用药负担下降。", "zh-Hans"),
        ("药企布局减肥药", "司美格鲁肽仿制药申报上市，多家药企参与竞争，临床试验已入组患者。", "zh-Hans"),
        ("国家药监局批准某抗癌新药上市", "该药为口服激酶抑制剂，适应症为晚期肺癌患者。", "zh-Hans"),
        ("新能源汽车出口翻番", "车企在海外建厂，工业机器人承担焊接。", "zh-Hans"),
        ("银行推出养老理财", "多家银行下调存款利率。", "zh-Hans"),
        ("面膜抽检不合格", "药监局通报一批化妆品，面膜菌落总数超标。", "zh-Hans"),
        ("三甲医院试行周末门诊", "医生轮班，患者可在手机上挂号。", "zh-Hans"),
        ("中成药集采开标", "多家药企参与报价，注射剂降幅明显。", "zh-Hans"),
        ("手机厂商发布大模型", "人工智能助手可写邮件。", "zh-Hans"),
        ("奶粉企业出海", "公司产品销往20个国家，海外收入增长三成。", "zh-Hans"),
        ("工業機械人出口上升", "汽車廠是主要客戶。", "zh-Hant"),
        ("疫苗接種站延長開放", "市民可於診所接種疫苗，醫生提醒長者。", "zh-Hant"),
        ("房地产企业收购酒店", "项目位于市中心。", "zh-Hans"),
        ("牛奶支架倒塌", "超市货架支架老化，顾客受轻伤。", "zh-Hans"),
        ("射频芯片厂商上市", "公司产品用于手机基站。", "zh-Hans"),
        ("劳保手套涨价", "建筑工地的手套供应紧张。", "zh-Hans"),
        ("监护人制度修订", "法院可指定未成年人的监护人。", "zh-Hans"),
    ],
)
def test_the_same_words_elsewhere_make_no_article_about_devices(title: str, body: str, language: str) -> None:
    found = CLASSIFY(document(title, body, language))

    assert (found.relevant, found.topics, found.devices) == (False, (), ())


def test_devices_are_named_once_each_in_the_order_of_the_text() -> None:
    found = CLASSIFY(document("MRI and ventilators", "Another MRI scanner, one ventilator and an endoscope.", "en"))

    assert found.devices == ("mri", "life-support", "endoscopy")


def test_words_that_devices_share_with_other_care_are_not_enough_however_many_there_are() -> None:
    body = (
        "The hospital's doctors and nurses treated patients in a clinic; surgery and therapy went well, the ward said."
    )

    assert not CLASSIFY(document("Clinical care in a hospital ward", body, "en")).relevant


def test_a_drug_article_from_a_regulator_of_both_is_not_about_devices() -> None:
    body = "国家药品监督管理局批准一款口服抑制剂上市，该新药用于治疗肺癌患者。"

    assert not CLASSIFY(document("国家药监局批准新药", body, "zh-Hans")).relevant


def test_a_name_that_says_what_the_firm_makes_counts_as_a_maker() -> None:
    body = "The board chose her on Monday. Wickham Surgical said she starts in May."

    assert CLASSIFY(document("Wickham Surgical names a chief", body, "en")).relevant
    assert not CLASSIFY(document("Wickham Foods names a chief", body.replace("Surgical", "Foods"), "en")).relevant
