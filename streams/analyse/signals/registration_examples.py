"""registration: sentences of our own, each with the signals that it must give; [] where nothing may be found.

docs/signals.md shows them, a test runs them.
"""

from typing import Any

EXAMPLES: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "On 3 March 2021 the FDA granted 510(k) clearance to Mindray for its TE Air handheld ultrasound system.",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Mindray",),
                "product": "TE Air handheld ultrasound system",
                "pathway": "510k",
                "period": "2021-03-03",
            }
        ],
    ),
    (
        "2024年5月6日，国家药监局批准了威高的“骨科导航定位系统”创新产品注册申请。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Weigao",),
                "product": "骨科导航定位系统",
                "pathway": "innovative",
                "period": "2024-05-06",
            }
        ],
    ),
    (
        "先健科技自主研发的左心耳封堵器系统于2022年3月获得CE认证。",
        [
            {
                "action": "approved",
                "authority": "CE",
                "companies": ("LifeTech Scientific",),
                "product": "左心耳封堵器系统",
                "period": "2022-03",
            }
        ],
    ),
    (
        "2023年4月，国家药监局共批准注册医疗器械产品156个，其中，境内第三类医疗器械产品101个。",
        [
            {"action": "approved", "authority": "NMPA", "quantity": "156 products", "period": "2023-04"},
            {
                "action": "approved",
                "authority": "NMPA",
                "quantity": "101 products",
                "period": "2023-04",
                "device_class": "III",
            },
        ],
    ),
    (
        "Bonham Orthopaedics has received 510(k) clearance from the FDA for the Arden hip cup.",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Bonham Orthopaedics",),
                "product": "Arden hip cup",
                "pathway": "510k",
            }
        ],
    ),
    (
        "The FDA has granted De Novo classification to SleepLoop, a headband made by Ferrant Surgical.",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Ferrant Surgical",),
                "product": "SleepLoop",
                "pathway": "de-novo",
            }
        ],
    ),
    (
        "The NMPA granted conditional approval to Keya Medical's DeepVessel 3 software.",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Keya Medical",),
                "product": "DeepVessel 3 software",
                "pathway": "conditional",
            }
        ],
    ),
    (
        "Edwards Lifesciences obtained premarket approval from the FDA for its Evia mitral valve in September 2025.",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Edwards Lifesciences",),
                "product": "Evia mitral valve",
                "pathway": "pma",
                "period": "2025-09",
            }
        ],
    ),
    (
        "Kestrel Ridge Surgical secured a CE mark under the MDR for its Talon stapler.",
        [
            {
                "action": "approved",
                "authority": "CE",
                "companies": ("Kestrel Ridge Surgical",),
                "product": "Talon stapler",
            }
        ],
    ),
    (
        "The Torino valve from Aldemar Vascular is now approved in Japan, the PMDA said.",
        [{"action": "approved", "authority": "PMDA", "companies": ("Aldemar Vascular",), "product": "Torino valve"}],
    ),
    (
        "Regulators in China have approved an insulin pump from Medtronic.",
        [{"action": "approved", "authority": "NMPA", "companies": ("Medtronic",), "product": "insulin pump"}],
    ),
    (
        "The NMPA has registered Sysmex's XQ-320 analyser as a Class II device.",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Sysmex",),
                "product": "XQ-320 analyser",
                "device_class": "II",
            }
        ],
    ),
    (
        "Health Canada issued a licence to Insulet for the Omnipod 7 insulin pump in June 2026.",
        [
            {
                "action": "approved",
                "authority": "Health Canada",
                "companies": ("Insulet",),
                "product": "Omnipod 7 insulin pump",
                "period": "2026-06",
            }
        ],
    ),
    (
        "Abbott's Aveir-X leadless pacemaker received FDA breakthrough device designation.",
        [
            {
                "action": "designated",
                "authority": "FDA",
                "companies": ("Abbott",),
                "product": "Aveir-X leadless pacemaker",
                "pathway": "breakthrough",
            }
        ],
    ),
    (
        "Venus Medtech's application for the Venus-P3 valve was accepted by the NMPA on 8 August 2026.",
        [
            {
                "action": "accepted",
                "authority": "NMPA",
                "companies": ("Venus Medtech",),
                "product": "Venus-P3 valve",
                "period": "2026-08-08",
            }
        ],
    ),
    (
        "The FDA rejected Hologic's application for the Sirius detector.",
        [{"action": "refused", "authority": "FDA", "companies": ("Hologic",), "product": "Sirius detector"}],
    ),
    (
        "The NMPA revoked the registration certificate of an infusion pump made by Landwind Medical.",
        [{"action": "revoked", "authority": "NMPA", "companies": ("Landwind Medical",), "product": "infusion pump"}],
    ),
    (
        "China's NMPA has approved the Vela lamp of Kestrel Ridge Surgical. "
        "The Class III certificate, No. 国械注准20263010777, is valid until 8 June 2031.",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Kestrel Ridge Surgical",),
                "product": "Vela lamp",
                "device_class": "III",
                "registration_no": "国械注准20263010777",
                "valid_until": "2031-06-08",
            }
        ],
    ),
    (
        "The FDA cleared Loopwell, a suture from Ferrant Surgical. The clearance carries the number K269876.",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Ferrant Surgical",),
                "product": "Loopwell",
                "registration_no": "K269876",
            }
        ],
    ),
    (
        "云帆骨科的髋臼杯系统近日获得国家药监局颁发的第三类医疗器械注册证。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("云帆骨科",),
                "product": "髋臼杯系统",
                "device_class": "III",
            }
        ],
    ),
    (
        "国家药监局近日批准了白桦医疗生产的植入式骶神经刺激器上市。",
        [{"action": "approved", "authority": "NMPA", "companies": ("白桦医疗",), "product": "植入式骶神经刺激器"}],
    ),
    (
        "湖畔医疗公告，公司“电子支气管内窥镜”于2026年5月8日取得浙江省药品监督管理局核发的医疗器械注册证。",
        [
            {
                "action": "approved",
                "authority": "Zhejiang MPA",
                "companies": ("湖畔医疗",),
                "product": "电子支气管内窥镜",
                "period": "2026-05-08",
            }
        ],
    ),
    (
        "国家药品监督管理局附条件批准青禾生物科技有限公司的呼吸道病原体检测试剂盒注册。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("青禾生物科技有限公司",),
                "product": "呼吸道病原体检测试剂盒",
                "pathway": "conditional",
            }
        ],
    ),
    (
        "迈瑞医疗的TEX20便携彩超日前通过了美国FDA的510(k)审查。",
        [
            {
                "action": "approved",
                "authority": "FDA",
                "companies": ("Mindray",),
                "product": "TEX20便携彩超",
                "pathway": "510k",
            }
        ],
    ),
    (
        "鱼跃医疗的AED产品M650拿下国内三类注册证。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Yuwell",),
                "product": "AED产品M650",
                "device_class": "III",
            }
        ],
    ),
    (
        "美敦力的膀胱起搏器InterStim Micro经国家药品监督管理局批准在国内上市。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Medtronic",),
                "product": "膀胱起搏器InterStim Micro",
            }
        ],
    ),
    (
        "博睿康的植入式脑机接口系统获批进入创新医疗器械特别审查程序。",
        [
            {
                "action": "designated",
                "authority": "NMPA",
                "companies": ("Neuracle",),
                "product": "植入式脑机接口系统",
                "pathway": "innovative",
            }
        ],
    ),
    (
        "沛嘉医疗的经导管三尖瓣置换系统获FDA授予突破性器械认定。",
        [
            {
                "action": "designated",
                "authority": "FDA",
                "companies": ("Peijia Medical",),
                "product": "经导管三尖瓣置换系统",
                "pathway": "breakthrough",
            }
        ],
    ),
    (
        "先健科技的腔静脉滤器注册申请获国家药监局受理。",
        [{"action": "accepted", "authority": "NMPA", "companies": ("LifeTech Scientific",), "product": "腔静脉滤器"}],
    ),
    (
        "上海药监局今日批准联影医疗“移动式X射线机”延续注册。",
        [
            {
                "action": "renewed",
                "authority": "Shanghai MPA",
                "companies": ("United Imaging Healthcare",),
                "product": "移动式X射线机",
            }
        ],
    ),
    (
        "药监部门撤销了科曼医疗一款输液泵的注册证。",
        [{"action": "revoked", "authority": "NMPA", "companies": ("Comen",), "product": "输液泵"}],
    ),
    (
        "理邦仪器披露，旗下血气分析仪i20已获得泰国FDA注册。",
        [
            {
                "action": "approved",
                "authority": "Thai FDA",
                "companies": ("Edan Instruments",),
                "product": "血气分析仪i20",
            }
        ],
    ),
    (
        "天智航的骨科机器人获得国家药监局三类证，注册证编号国械注准20263010999，有效期至2031年5月3日。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("Tinavi",),
                "product": "骨科机器人",
                "device_class": "III",
                "registration_no": "国械注准20263010999",
                "valid_until": "2031-05-03",
            }
        ],
    ),
    (
        "國家藥監局批准微創機器人圖邁單孔手術系統上市。",
        [
            {
                "action": "approved",
                "authority": "NMPA",
                "companies": ("MicroPort MedBot",),
                "product": "圖邁單孔手術系統",
            }
        ],
    ),
    ("乐普医疗的冠脉支架尚未获得国家药监局批准。", []),
    ("Edwards expects FDA approval of its mitral valve next year.", []),
    ("申请人取得第三类医疗器械注册证后，方可上市销售。", []),
    ("Tinsley Diagnostics said the FDA had asked for more data before it would approve the assay.", []),
    ("Had the FDA approved the valve, Abbott would have sold it in 2024.", []),
    ("The FDA approved Tensolin, a tablet made by Corso Pharma.", []),
    ("Doctors at an FDA-approved site used the Medtronic pump.", []),
    ("Shareholders of Lepu Medical approved the dividend.", []),
    ("Mindray is an approved supplier of the NHS.", []),
    ("若未能按期获批，启明医疗将退还定金。", []),
    ("理邦仪器通过ISO 13485质量体系认证。", []),
    ("迈瑞医疗获批建设国家重点实验室。", []),
    ("乐普医疗获得药品注册证书，该药为降糖药。", []),
    ("国家药监局批准某抗癌新药上市。", []),
    ("证监会同意心脉医疗向特定对象发行股票的注册申请。", []),
]
