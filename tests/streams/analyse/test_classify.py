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
        ("Carmaker recalls 9,000 cars", "The automaker found a defect in the brake.", "en"),
        ("NMPA approves an oncology drug", "The monoclonal antibody treats lung cancer.", "en"),
        ("某药企仿制药获批", "该注射液为化学药品，已获药品批准文号。", "zh-Hans"),
        ("银行下调贷款利率", "多家银行宣布调整。", "zh-Hans"),
    ],
)
def test_the_same_words_elsewhere_make_no_article_about_devices(title: str, body: str, language: str) -> None:
    found = CLASSIFY(document(title, body, language))

    assert (found.relevant, found.topics, found.devices) == (False, (), ())


def test_devices_are_named_once_each_in_the_order_of_the_text() -> None:
    found = CLASSIFY(document("MRI and ventilators", "Another MRI scanner, one ventilator and an endoscope.", "en"))

    assert found.devices == ("mri", "life-support", "endoscopy")
