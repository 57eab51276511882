"""Companies that no lexicon has and that are written without a legal form: "Northgate Surgical", 澄岸医疗.

What gives them away is the trade in the name, and that the text treats it as somebody: it acts, it owns, it is named
again.
"""

import re
from collections.abc import Iterator

#: (start, end) in code points of the text.
Range = tuple[int, int]


def find(text: str, context: str = "") -> Iterator[Range]:
    """The names in `text`, which is plain, Chinese ones first. `context`: the rest of the article, where a name may
    stand again."""
    yield from (m.span("name") for m in _ZH.finditer(text) if _is_somebody(m, text, context, _ACTS_ZH))
    yield from (m.span("name") for m in _EN.finditer(text) if _is_somebody(m, text, context, _ACTS_EN))


def _is_somebody(match: re.Match[str], text: str, context: str, acts: re.Pattern[str]) -> bool:
    name = match["name"]
    return bool(
        acts.match(text, match.end("name"))
        or _OWNED_EN.search(text, max(0, match.start("name") - 30), match.start("name"))
        or text.count(name) + context.count(name) > 1
    )


# -- English ----------------------------------------------------------------------------------------------------------

_TRADE_EN = (
    r"(?:Medical|Medtech|MedTech|Surgical|Diagnostics|Orthopa?edics|Healthcare|HealthCare|Biomedical|Vascular|Cardiovascular"
    r"|Endoscopy|Dental|Robotics|Imaging|Ophthalmics|Implants|Prosthetics|Neurotech|Biosensors|Lifesciences"
    r"|Therapeutics|Pharma|Pharmaceuticals|Biotech|Biologics|Bioscience|Biosciences|Genomics)"
)
#: Words in front of a trade that name no firm ("Chinese Medical", "National Dental"), or that begin a sentence.
_COMMON_EN = (
    r"(?:The|A|An|In|At|On|By|For|From|Of|And|But|When|While|As|If|All|Any|Some|Its|Their|Our|This|That|These|Those|New"
    r"|National|International|European|Europe|American|America|British|Chinese|China|Indian|India|Japanese|Japan|Korean"
    r"|German|French|Global|World|Royal|Federal|State|City|County|Central|Provincial|Emergency|Public|Private|General"
    r"|Domestic|Foreign|Imported|Advanced|Modern|Digital|Smart|Remote|Mobile|Home|Military|Veterinary|Continuing|Academic"
    r"|Clinical|Surgical|Medical|Dental|Diagnostic|Robotic|Nuclear|Molecular|Minimally|Invasive|Major|Basic|Local|Other"
    r"|FDA|NMPA|EU|US|UK|CE|Dr|Mr|Ms|Mrs|Prof|Professor|North|South|East|West|Middle|First|Second|Next|More|Most|Many"
    r"|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|Saturday|Sunday|How|Why|What|Who|Where|Big|Small|Large|Top|Leading|Regional|Universal|Primary)"
)
_WORD_EN = rf"(?!{_COMMON_EN}\b)[A-Z][A-Za-z0-9&'\-]*[A-Za-z0-9]"
_EN = re.compile(
    rf"(?<![\w'-])(?P<name>{_WORD_EN}(?: {_WORD_EN})? {_TRADE_EN}(?: (?:Technologies|Technology|Systems|Instruments"
    rf"|Group"
    r"|Holdings|Sciences|Solutions))?)(?![\w-]| [A-Z][a-z]| and [A-Z])"
)
_ACTS_EN = re.compile(
    r"'s?\s|, (?:which|who|whose|based|the|a|an|said)\b|\s\((?:[A-Z]{2,6}:|[A-Z]{2,5}\))|\s(?:said|says|announced"
    r"|has|had|have|will|won|wins"
    r"|received|receives|obtained|secured|gained|opened|opens|plans|expects|reported|reports|sells|sold|makes|made|is|was|were|earned|earns"
    r"|launched|launches|signed|recalled|posts|posted|names|named|appointed|acquired|acquires|buys|bought|raised"
    r"|raises|to (?:buy|sell|open|distribute|cut))\b"
)

#: In front of a name: "made by", "the pump maker".
_OWNED_EN = re.compile(
    r"\b(?:(?:made|sold|developed|owned|bought|built|produced|designed|run|supplied|given|granted) (?:by|to)|maker"
    r"|firm|company|group"
    r"|start-?up|supplier|rival|distributor|subsidiary|of|from),? $"
)

# -- Chinese ----------------------------------------------------------------------------------------------------------

_TRADE_ZH = r"(?:医疗|生物|科技|器械|医药|诊断|医学|医械|骨科|机器人|制药|药业)"
#: Words in front of a trade that name no firm: 基层医疗, 智慧医疗, 合成生物.
_COMMON_ZH = (
    r"智慧|精准|互联|远程|基层|移动|数字|人工|高端|现代|中国|全球|国内|我国|医疗|生物|大型|创新|先进|智能|公立|民营|县域|城市"
    r"|农村|社区|家庭|居家|家用|儿童|老年|急诊|重症|专科|综合|优质|普惠|大众|国际|跨境|异地|商业|补充|国家|当地|全省|我市|全市|本地"
    r"|全民|免费|公共|传统|常规|日常|一般|相关|各级|整体|消费|严肃|线上|在线|虚拟|绿色|数智|军事|航空|应急|紧急|院前|院内|院外"
    r"|过度|便民|介入|康复|手术|外科|骨科|口腔|眼科|影像|体外|分子|免疫|生化|临床|辅助|快速|早期|无创|微创|超声|病理|基因|合成"
    r"|海洋|微|再生|循证|转化|预防|法|航天|运动|核|检验|放射|系统|实验|进口|国产|一次|植入|有源|无源|第[一二三]|[一二三]类|家|类|用|的|和|与"
    r"|以及|包括|推动|发展|加强|提升|完善|改善|享受|提供|开展|服务|工业|协作|服务|腔镜|达芬奇|血管|穿刺|金融|高新|信息|新型|农业|未来|前沿"
    r"|[由对与和向被将在及从为该其本了获]|多家|一些|部分|有关|参与|从事|涉及|关于|支持|鼓励|促进|建设|打造|聚焦|布局|深耕|注册|备案|港澳|医用|批准|新增|经营|专注|采购|使用|生产|销售|研发"
)
#: What makes the trade behind it a part of a longer word: 医疗器械, 生物样本, 诊断试剂.
_THING_ZH = (
    r"器械|设备|机构|卫生|服务|保障|保险|用品|耗材|装备|技术|器材|产品|行业|产业|市场|材料|领域|研究|体系|资源|美容|救治|废物|健康"
    r"|信息|数据|联合体|共同体|质量|费用|水平|试剂|样本|安全|监管|仪器|创新|成果|人才|软件|系统|手术|辅助|影像|模式|需求|条件|能力|工程"
)
_ZH = re.compile(
    rf"(?:^|(?<=[\n，。；：、,;:“\"《(\s])|(?<=日前)|(?<=近日)|(?<=今日)|(?<=其中)|(?<=收购)|(?<=批准)|(?<=准予)|(?<=注销)|(?<=由)|(?<=对)|(?<=与)|(?<=了))"
    rf"(?P<name>(?!{_COMMON_ZH})(?![\u4e00-\u9fff]{{0,4}}[省市县区某])[\u4e00-\u9fff]{{2,4}}?{_TRADE_ZH})(?!{_THING_ZH})"
    r"(?![\u4e00-\u9fff]{0,12}(?:公司|集团|医院|大学|学院|研究所|协会|学会|中心))",
    re.MULTILINE,
)
_ACTS_ZH = re.compile(
    r"\(\d{4,6}(?:\.[A-Z]{2})?\)|(?:日前|近日|今日|昨日|近期|今年|去年|旗下|自主|首席|董事|总经理|方面)|(?:公告|发布|宣布|披露|表示|称|推出"
    r"|获得|获批|取得|收到|拿下|签署|收购|完成|递交|计划|拟|预计|实现|成立|中标|在公告|回应|召回|携手|入股|换帅|上市|增资|出资|海外|境外|国际业务|国际收入|外销|出口|产品|营收|营业收入|净利润|上半年|前三季度|全年|第?[一二三四]季度)"
    r"|\d{4}年|的[^，。]{2,30}(?:获|取得|进入|注册|上市)|研发的|生产的|申报的"
)
