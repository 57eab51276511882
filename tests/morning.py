"""A morning's reading for the search page: two dozen invented articles, hand-made as analysis would leave them.

Every fact and product here is invented.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from search.notices import NotificationView
from tidings.records import (
    Article,
    Attachment,
    Deal,
    Event,
    Export,
    Identifier,
    Item,
    Launch,
    Manufacturing,
    MarketShare,
    MarketSize,
    Mention,
    Notification,
    Policy,
    Procurement,
    Published,
    Quantity,
    Receipt,
    Registration,
    Reimbursement,
    Results,
    Safety,
    Span,
    Story,
    TradeMeasure,
    content_id,
    signal_key,
)

NOW = datetime(2026, 11, 24, 9, 40, tzinfo=UTC)

HOSTILE_TITLE = "<script>document.title='owned'</script> <img src=x onerror=alert(1)> & \"quoted\" </title>"
HOSTILE_SOURCE = "odd<b onmouseover=alert(1)>source"


def money(value, unit="CNY", *, upper=None, approx=None):
    return Quantity(value=Decimal(value), upper=Decimal(upper) if upper else None, unit=unit, approx=approx)


def signal(kind, words, /, **attributes):
    """A signal whose evidence is `words`, to be placed once the text is known."""
    return kind, words, attributes


def day(text, zone="+08:00", found="list"):
    offset = datetime.strptime(zone, "%z").tzinfo
    return Published(
        value=datetime.fromisoformat(text if len(text) > 7 else text + "-01").replace(tzinfo=offset).astimezone(UTC),
        precision="minute" if "T" in text else "day" if len(text) == 10 else "month",
        found=found,
        zone=zone,
    )


def article(number, title, body, *, source, origin="", published=None, language="en", minutes=0, url=None, **read):
    """One article; `read` holds companies {name: written form}, signals, devices, topics, numbers, attachments."""
    url = url or f"https://{source}.example/2026/{number:03}.html"
    article_id = content_id(url)
    signals = []
    for kind, words, attributes in read.get("signals", ()):
        bare = kind(evidence=span(title, body, words), **attributes)
        signals.append(kind(evidence=bare.evidence, **{**attributes, "key": signal_key(article_id, bare)}))
    return Article(
        id=article_id,
        revision=content_id(title, body),
        url=url,
        source=source,
        origin=origin or source,
        title=title,
        body=body,
        attachments=read.get("attachments", ()),
        language=language,
        published=published,
        fetched_at=seen(published, minutes, late=read.get("late", False)),
        reader="analyse/1 lexicon/2026-11-24",
        relevant=read.get("relevant", True),
        topics=read.get("topics", ()),
        devices=read.get("devices", ()),
        companies=tuple(
            Mention(name=name, spans=(span(title, body, written),))
            for name, written in read.get("companies", {}).items()
        ),
        identifiers=tuple(
            Identifier(kind="registration", value=value, span=span(title, body, value))
            for value in read.get("numbers", ())
        ),
        signals=tuple(signals),
    )


def seen(published, minutes, *, late):
    """Some minutes ago; or, unless it was late, within a day of its date."""
    recently = NOW - timedelta(minutes=minutes)
    return recently if late or published is None else min(recently, published.value + timedelta(hours=20))


def span(title, body, words):
    """Where `words` stand: in the body if they do, else in the title."""
    field, text = ("body", body) if words in body else ("title", title)
    start = text.index(words)
    return Span(field=field, start=start, end=start + len(words))


APPROVALS = """国家药品监督管理局11月23日批准注册5个创新医疗器械，均为第三类，名单如下：
产品名称\t注册人名称\t注册证编号\t预期用途
磁共振成像系统（示例5T型）\t上海联影医疗科技股份有限公司\t国械注准20263060931\t供临床全身磁共振诊断
植入式左心室辅助系统\t苏州同心样例医疗器械有限公司\t国械注准20263120932\t用于终末期心力衰竭患者的长期循环支持
腹腔内窥镜手术设备\t深圳市精锋样例科技有限公司\t国械注准20263010933\t在医生控制下完成腹腔镜手术操作
一次性使用心脏脉冲电场消融导管\t杭州德诺样例电生理有限公司\t国械注准20263010934\t用于阵发性房颤的治疗
肺结节CT影像辅助检测软件\t北京样例推想科技有限公司\t国械注准20263210935\t供有资质的医师参考
药品监督管理部门将加强上述产品上市后监管，保护患者用械安全。"""

APPROVAL_ROWS = (
    ("磁共振成像系统（示例5T型）", "国械注准20263060931", ("United Imaging Healthcare",), "mri"),
    ("植入式左心室辅助系统", "国械注准20263120932", (), "life-support"),
    ("腹腔内窥镜手术设备", "国械注准20263010933", (), "surgical-robot"),
    ("一次性使用心脏脉冲电场消融导管", "国械注准20263010934", (), "cardiovascular"),
    ("肺结节CT影像辅助检测软件", "国械注准20263210935", (), "ai-software"),
)


def row(product):
    return next(line for line in APPROVALS.split("\n") if line.startswith(product))


EXPORT_TEXT = (
    "China's exports of medical devices reached USD 48.81 billion in 2025, up 5.4% year on year, according to figures "
    "that the chamber of commerce for health products released on Monday.\n"
    "Shipments to the Belt and Road markets grew faster than the whole, and high-end equipment now makes up a third of "
    "the total. Ultrasound systems went to over 190 countries and regions.\n"
    "The chamber expects exports of USD 51 billion to 53 billion in 2026 but warned that currency swings and new "
    "certification rules would weigh on smaller makers."
)

EXPORT_SIGNALS = (
    signal(
        Export,
        "exports of medical devices reached USD 48.81 billion in 2025",
        metric="export_value",
        quantity=money("48810000000", "USD"),
        period="2025",
        regions=("CN",),
    ),
    signal(
        Export,
        "China's exports of medical devices reached USD 48.81 billion in 2025, up 5.4% year on year",
        metric="export_growth",
        quantity=money("5.4", "percent"),
        period="2025",
        regions=("CN",),
    ),
    signal(
        Export,
        "Ultrasound systems went to over 190 countries and regions",
        metric="countries",
        quantity=money("190", "countries", approx="over"),
        devices=("ultrasound",),
    ),
    signal(
        Export,
        "expects exports of USD 51 billion to 53 billion in 2026",
        metric="export_value",
        quantity=money("51000000000", "USD", upper="53000000000"),
        period="2026",
        forecast=True,
        confidence=0.74,
    ),
)


def articles():
    """The articles, newest first seen first."""
    return [
        article(
            1,
            "国家药监局批准5个创新医疗器械上市",
            APPROVALS,
            source="nmpa",
            published=day("2026-11-23"),
            language="zh-Hans",
            minutes=4,
            companies={"United Imaging Healthcare": "上海联影医疗科技股份有限公司"},
            devices=("mri", "surgical-robot", "cardiovascular", "ai-software", "life-support"),
            topics=("regulatory",),
            numbers=tuple(number for _, number, _, _ in APPROVAL_ROWS),
            attachments=(
                Attachment(name="附件：准予注册产品目录.xlsx", url="https://nmpa.example/2026/list.xlsx"),
                Attachment(name="a trap", url="javascript:alert(1)"),
            ),
            signals=(
                signal(
                    Registration,
                    "国家药品监督管理局11月23日批准注册5个创新医疗器械，均为第三类",
                    authority="NMPA",
                    action="approved",
                    device_class="III",
                    pathway="innovative",
                    quantity=money("5", "products"),
                    period="2026-11-23",
                    regions=("CN",),
                ),
                *(
                    signal(
                        Registration,
                        row(product),
                        authority="NMPA",
                        action="approved",
                        device_class="III",
                        pathway="innovative",
                        product=product,
                        registration_no=number,
                        companies=companies,
                        devices=(device,),
                        regions=("CN",),
                        period="2026-11-23",
                    )
                    for product, number, companies, device in APPROVAL_ROWS
                ),
            ),
        ),
        article(
            2,
            "Device exports pass USD 48.8 billion as high-end equipment takes a third of shipments",
            EXPORT_TEXT,
            source="medtrade-wire",
            published=day("2026-11-24T08:15"),
            minutes=11,
            devices=("ultrasound",),
            topics=("trade", "market"),
            signals=EXPORT_SIGNALS,
        ),
        article(
            3,
            "Global high-end medical equipment market put at USD 345 billion; China to pass RMB 300 billion by 2030",
            "A survey published this week puts the global market for high-end medical equipment at USD 345.4 billion "
            "in 2025, an increase of 6.64% on the year. China's part is expected to exceed RMB 300 billion by 2030.\n"
            "Localisation is rising in imaging, surgical robots and life support, the authors say, and hospital "
            "renewal programmes will carry demand through the next two years.",
            source="device-weekly",
            origin="Harbour Research",
            published=day("2026-11-22", zone="+00:00", found="json-ld"),
            minutes=32,
            devices=("imaging", "surgical-robot", "life-support"),
            topics=("market",),
            signals=(
                signal(
                    MarketSize,
                    "the global market for high-end medical equipment at USD 345.4 billion in 2025",
                    metric="size",
                    segment="high-end medical equipment",
                    quantity=money("345400000000", "USD"),
                    period="2025",
                    regions=("GLOBAL",),
                ),
                signal(
                    MarketSize,
                    "an increase of 6.64% on the year",
                    metric="growth",
                    segment="high-end medical equipment",
                    quantity=money("6.64", "percent"),
                    period="2025",
                    regions=("GLOBAL",),
                ),
                signal(
                    MarketSize,
                    "China's part is expected to exceed RMB 300 billion by 2030",
                    metric="size",
                    segment="high-end medical equipment",
                    quantity=money("300000000000", approx="over"),
                    period="2030",
                    regions=("CN",),
                    forecast=True,
                ),
            ),
        ),
        article(
            4,
            "迈瑞医疗前三季度营收294.3亿元，海外收入占比首次过半",
            "迈瑞医疗11月23日晚发布的公告显示，公司前三季度实现营业收入294.3亿元，同比下降1.2%；其中海外收入占比升至50.4%，首次过半。\n"
            "公司表示，超声与监护产品线在欧洲和拉美的增速快于整体，新一代5T磁共振相关部件的采购协议已签署。",
            source="medtech-cn",
            origin="上海样例报",
            published=day("2026-11-23T21:30", found="meta"),
            language="zh-Hans",
            minutes=55,
            companies={"Mindray": "迈瑞医疗"},
            devices=("ultrasound", "life-support"),
            topics=("corporate", "trade"),
            signals=(
                signal(
                    Results,
                    "公司前三季度实现营业收入294.3亿元",
                    metric="revenue",
                    companies=("Mindray",),
                    quantity=money("29430000000"),
                    period="2026-01/2026-09",
                ),
                signal(
                    Results,
                    "同比下降1.2%",
                    metric="revenue_growth",
                    companies=("Mindray",),
                    quantity=money("-1.2", "percent"),
                    period="2026-01/2026-09",
                ),
                signal(
                    Export,
                    "海外收入占比升至50.4%",
                    metric="overseas_revenue_share",
                    companies=("Mindray",),
                    quantity=money("50.4", "percent"),
                    period="2026-01/2026-09",
                ),
            ),
        ),
        article(
            5,
            "FDA clears photon-counting CT from Siemens Healthineers for children’s hearts",
            "The U.S. Food and Drug Administration has cleared a paediatric cardiac mode for the photon-counting CT of "
            "Siemens Healthineers under a 510(k), the company said on Friday. The scanner halves the dose at equal "
            "noise, it added.",
            source="device-weekly",
            published=day("2026-11-21T14:05", zone="-05:00", found="json-ld"),
            minutes=75,
            companies={"Siemens Healthineers": "Siemens Healthineers"},
            devices=("ct",),
            topics=("regulatory", "technology"),
            signals=(
                signal(
                    Registration,
                    "The U.S. Food and Drug Administration has cleared a paediatric cardiac mode",
                    authority="FDA",
                    action="approved",
                    pathway="510k",
                    companies=("Siemens Healthineers",),
                    devices=("ct",),
                    regions=("US",),
                ),
            ),
        ),
        article(
            6,
            "冠脈支架接續採購開標 平均降價近兩成",
            "醫保部門公布冠脈支架接續採購結果，共有12家企業中選，平均中選價格較上輪下降近20%，協議期內約定採購量為210萬個。",
            source="hk-health",
            published=day("2026-11-20"),
            language="zh-Hant",
            minutes=100,
            devices=("cardiovascular", "consumables"),
            topics=("procurement",),
            signals=(
                signal(
                    Procurement,
                    "平均中選價格較上輪下降近20%",
                    action="price_cut",
                    programme="冠脈支架接續採購",
                    quantity=money("-20", "percent", approx="about"),
                    devices=("cardiovascular",),
                ),
                signal(
                    Procurement,
                    "協議期內約定採購量為210萬個",
                    action="awarded",
                    programme="冠脈支架接續採購",
                    quantity=money("2100000", "units"),
                ),
            ),
        ),
        article(
            7,
            "Class I recall: 14,200 ventilators over a battery that may fail without alarm",
            "Regulators have given their most serious class to a recall of 14,200 bedside ventilators whose battery "
            "can fail without an alarm. Three injuries were reported.",
            source="recall-watch",
            published=day("2026-11-24", zone="-05:00", found="feed"),
            minutes=130,
            devices=("life-support",),
            topics=("safety",),
            signals=(
                signal(
                    Safety,
                    "their most serious class to a recall of 14,200 bedside ventilators",
                    action="recall",
                    level="I",
                    authority="FDA",
                    product="bedside ventilators",
                    quantity=money("14200", "units"),
                    regions=("US",),
                ),
            ),
        ),
        article(
            8,
            "关于优化高端医疗器械审评审批有关举措的公告（征求意见稿）",
            "为支持高端医疗器械创新发展，国家药监局起草了有关举措的公告，现向社会公开征求意见，意见反馈截止日期为2026年12月20日。"
            "征求意见稿提出，到2027年国产医用机器人注册数量力争翻一番。",
            source="nmpa",
            published=day("2026-11-20"),
            language="zh-Hans",
            minutes=150,
            devices=("surgical-robot",),
            topics=("policy", "regulatory"),
            signals=(
                signal(
                    Policy,
                    "国家药监局起草了有关举措的公告，现向社会公开征求意见",
                    stage="draft",
                    issuer="NMPA",
                    title="关于优化高端医疗器械审评审批有关举措的公告（征求意见稿）",
                    comments_until="2026-12-20",
                ),
                signal(
                    Policy,
                    "到2027年国产医用机器人注册数量力争翻一番",
                    stage="draft",
                    issuer="NMPA",
                    quantity=money("100", "percent"),
                    period="2027",
                    forecast=True,
                    confidence=0.62,
                ),
            ),
        ),
        article(
            9,
            "Brussels proposes a 15% levy on imported infusion pumps",
            "The European Commission has proposed an added duty of 15% on infusion pumps from countries that close "
            "their tenders to European makers. The plan needs the member states' consent.",
            source="eu-desk",
            published=day("2026-11-19", zone="+01:00", found="meta"),
            minutes=200,
            devices=("drug-delivery",),
            topics=("trade",),
            signals=(
                signal(
                    TradeMeasure,
                    "The European Commission has proposed an added duty of 15% on infusion pumps",
                    action="proposed",
                    imposer="European Commission",
                    target="infusion pumps",
                    quantity=money("15", "percent"),
                    regions=("EU",),
                ),
            ),
        ),
        article(
            10,
            "Medtronic to buy a maker of pulsed-field ablation catheters for about USD 925 million",
            "Medtronic said it will acquire Sample Electrophysiology for about USD 925 million in cash. It expects to "
            "close the purchase in the first half of 2027.",
            source="device-weekly",
            published=day("2026-11-18T12:00", zone="-05:00", found="json-ld"),
            minutes=240,
            companies={"Medtronic": "Medtronic"},
            devices=("cardiovascular", "energy-ablation"),
            topics=("corporate",),
            signals=(
                signal(
                    Deal,
                    "Medtronic said it will acquire Sample Electrophysiology for about USD 925 million in cash",
                    kind="acquisition",
                    stage="announced",
                    buyer="Medtronic",
                    target="Sample Electrophysiology",
                    companies=("Medtronic",),
                    quantity=money("925000000", "USD", approx="about"),
                ),
            ),
        ),
        article(
            11,
            "联影医疗发布全球首款示例型全身PET/MR",
            "联影医疗在年会上发布示例型全身PET/MR，称其为全球首款采用全数字探测器的一体化设备，已在三家医院开始临床使用。",
            source="medtech-cn",
            published=day("2026-11-17"),
            language="zh-Hans",
            minutes=300,
            companies={"United Imaging Healthcare": "联影医疗"},
            devices=("pet", "mri"),
            topics=("technology",),
            signals=(
                signal(
                    Launch,
                    "联影医疗在年会上发布示例型全身PET/MR，称其为全球首款",
                    product="示例型全身PET/MR",
                    claim="world-first",
                    companies=("United Imaging Healthcare",),
                ),
            ),
        ),
        article(
            12,
            "Domestic makers hold 61% of new CT installations in county hospitals",
            "Domestic makers took 61% of the CT scanners installed in county hospitals in the first half, up 7 "
            "percentage points, a hospital survey shows.",
            source="medtrade-wire",
            published=day("2026-11"),
            minutes=360,
            devices=("ct",),
            topics=("market", "manufacturing"),
            signals=(
                signal(
                    MarketShare,
                    "Domestic makers took 61% of the CT scanners installed in county hospitals",
                    metric="localisation_rate",
                    segment="CT in county hospitals",
                    quantity=money("61", "percent"),
                    period="2026-H1",
                ),
                signal(
                    MarketShare,
                    "up 7 percentage points",
                    metric="share_change",
                    segment="CT in county hospitals",
                    quantity=money("7", "percentage_points"),
                    period="2026-H1",
                ),
            ),
        ),
        article(
            13,
            "GE HealthCare opens a detector line in Tianjin",
            "GE HealthCare has opened a line for CT detectors in Tianjin with 120 staff, its third in the country.",
            source="device-weekly",
            published=day("2026-11-16", zone="+00:00"),
            minutes=400,
            companies={"GE HealthCare": "GE HealthCare"},
            devices=("ct",),
            topics=("manufacturing",),
            signals=(
                signal(
                    Manufacturing,
                    "GE HealthCare has opened a line for CT detectors in Tianjin",
                    action="opened",
                    component="CT detectors",
                    site="Tianjin",
                    companies=("GE HealthCare",),
                ),
            ),
        ),
        article(
            14,
            "手术机器人辅助操作纳入多地医保，单次定价8,000元",
            "自12月起，多地将手术机器人辅助操作费纳入医保支付，三甲医院单次定价8,000元，个人先行自付比例为20%。",
            source="hk-health",
            origin="样例医保网",
            published=day("2026-11-15"),
            language="zh-Hans",
            minutes=420,
            devices=("surgical-robot",),
            topics=("reimbursement",),
            signals=(
                signal(
                    Reimbursement,
                    "三甲医院单次定价8,000元",
                    action="repriced",
                    scheme="医保",
                    quantity=money("8000"),
                    devices=("surgical-robot",),
                ),
            ),
        ),
        article(
            15,
            HOSTILE_TITLE,
            "A page that means harm: <script>alert('body')</script> <svg/onload=alert(2)> &amp; javascript:alert(3)\n"
            "</p></div><a href=javascript:alert(4)>press</a>\tcell <b>two</b>\n"
            "a\t<iframe srcdoc='x'>\n{{ 7 * 7 }} ${7*7} exports of MRI rose 7%",
            source=HOSTILE_SOURCE,
            origin='"><script>alert(5)</script>',
            url="javascript:alert(document.domain)",
            minutes=480,
            topics=("<u>topic</u>",),
            signals=(
                signal(
                    Export,
                    "exports of MRI rose 7%",
                    metric="export_growth",
                    companies=("<i>Evil</i> & Co",),
                    quantity=money("7", "percent"),
                ),
            ),
        ),
        article(
            16,
            "Archive: hospital group reports on five years of MRI service",
            "A report of last year, found today: the group's MRI scanners ran at 93% of their planned hours.",
            source="hospital-notes",
            published=day("2025-08-02", zone="+00:00", found="text"),
            late=True,
            minutes=500,
            devices=("mri",),
            topics=("technology",),
        ),
        article(
            17,
            "A very long headline that keeps going well past what any list can hold on one line because the ministry, "
            "the agency, three provinces and a consortium of forty hospitals want their full names in it",
            "The announcement itself is short.",
            source="long-names-of-the-joint-press-office-of-the-consortium",
            published=day("2026-11-14", zone="+00:00"),
            minutes=520,
            topics=("policy",),
        ),
        article(
            18,
            "",
            "没有标题的页面：本周血管造影设备招标项目共计3个。",
            source="tender-board",
            published=None,
            language="zh-Hans",
            minutes=540,
            devices=("xray",),
            topics=("procurement",),
        ),
    ] + [
        article(
            40 + n,
            f"Tender {n}: county hospital seeks a {slices}-slice CT scanner",
            f"A county hospital invites bids for one {slices}-slice CT scanner with five years of service.",
            source="tender-board",
            published=day(f"2026-10-{28 - n:02}", zone="+08:00"),
            minutes=600 + n,
            devices=("ct",),
            topics=("procurement",),
            signals=(
                signal(
                    Procurement,
                    f"invites bids for one {slices}-slice CT scanner",
                    action="opened",
                    number=f"ZB-2026-{n:04}",
                ),
            ),
        )
        for n, slices in enumerate((64, 128, 256, 16, 64, 128, 64, 320), start=1)
    ]


def copies():
    """Three reposts of the export story."""
    return [
        article(
            60 + n,
            "Device exports pass USD 48.8 billion as high-end equipment takes a third of shipments",
            EXPORT_TEXT,
            source=source,
            origin="medtrade-wire",
            published=day("2026-11-24", zone="+08:00"),
            minutes=10 - n,
            devices=("ultrasound",),
            topics=("trade", "market"),
            signals=EXPORT_SIGNALS,
        )
        for n, source in enumerate(("portal-one", "portal-two", "daily-mirror"), start=1)
    ]


def events():
    """What the log would hold: every article as an event, the reposts joined to their story."""
    told = []
    firsts = articles()
    exports = firsts[1]
    joined = [exports.id]
    for offset, (read, kind) in enumerate(
        [*((a, "new") for a in reversed(firsts)), *((a, "repost") for a in copies())]
    ):
        if kind == "repost":
            joined.append(read.id)
        lead = exports.id if kind == "repost" else read.id
        told.append(
            Event(
                pos=(offset, 0),
                at=read.fetched_at,
                kind=kind,
                article=read,
                story=Story(
                    id=content_id(lead),
                    lead=lead,
                    articles=tuple(joined) if kind == "repost" else (read.id,),
                    joined_because="same text" if kind == "repost" else "",
                ),
                added=read.signals,
            )
        )
    return told


def notices():
    """What the alerts did this morning, newest first: sent, to be tried again, dead, not tried yet."""
    firsts = articles()
    approvals, exports, hostile = firsts[0], firsts[1], firsts[14]
    because = "rule “NMPA approvals”: registration approved by NMPA"
    subject = "NMPA approved · United Imaging Healthcare · 国械注准20263060931 · Class III"
    return [
        notice(
            4,
            subject,
            (item(approvals, 1), item(approvals, 2)),
            "email:desk@example.com",
            because,
            [("sent", "", "<4@mail.example>")],
            held=3,
        ),
        notice(
            4,
            subject,
            (item(approvals, 1),),
            "slack:#medtech",
            because,
            [("retry", "Slack asks to wait for 30 seconds", "")],
        ),
        notice(
            3,
            "Exports +5.4% · China · 2025",
            (item(exports, 1),),
            "email:trade@example.com",
            "rule “device exports”: export growth",
            [("retry", "mail.example:25 does not answer", ""), ("dead", "550 no such mailbox: correct the rule", "")],
            coverage=("nmpa had not answered for 40 minutes",),
        ),
        notice(2, HOSTILE_TITLE, (item(hostile, 0),), "console:", "<b>because</b>", []),
    ]


def notice(number, subject, items, to, because, receipts, **more):
    channel, _, recipient = to.partition(":")
    told = Notification(
        id=content_id(number, to),
        pos=(number, 0, 0),
        rule="a-rule",
        channel=channel,
        recipient=recipient,
        items=items,
        because=because,
        **more,
    )
    return NotificationView(
        notification=told,
        subject=subject,
        text=f"{subject}\n\n“{items[0].evidence}”\n\nWhy: {because}",
        receipts=[
            Receipt(notification=told.id, at=NOW + timedelta(minutes=n), state=state, error=error, provider_id=provider)
            for n, (state, error, provider) in enumerate(receipts)
        ],
    )


def item(read, number):
    fact = read.signals[number]
    return Item(
        story=content_id(read.id),
        article=read.id,
        title=read.title,
        url=read.url,
        source=read.source,
        origin=read.origin,
        published=read.published,
        first_seen=read.fetched_at,
        signal=fact,
        evidence=words(read, fact),
    )


def words(read, fact):
    """The words of a signal's evidence."""
    text = read.title if fact.evidence.field == "title" else read.body
    return text[fact.evidence.start : fact.evidence.end]
