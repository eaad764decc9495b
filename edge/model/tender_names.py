"""What a way of paying is called, on paper and in speech."""

from __future__ import annotations

TENDER_NAMES: dict[str, dict[str, str]] = {
    "zh-CN": {
        "cash": "现金", "alipay": "支付宝", "wechat": "微信", "unionpay": "云闪付", "jdpay": "京东支付",
        "ecny": "数字人民币", "tab": "赊账", "coupon": "优惠券", "external_unverified": "其他收款",
    },
    "en": {
        "cash": "Cash", "alipay": "Alipay", "wechat": "WeChat Pay", "unionpay": "UnionPay", "jdpay": "JD Pay",
        "ecny": "e-CNY", "tab": "On the tab", "coupon": "Coupon", "external_unverified": "Other payment",
    },
}  # fmt: skip
"""By language and tender method (contract `pay[].m`)."""


def tender_name(method: str, language: str) -> str:
    """The name, or the method itself for one that has none."""
    return TENDER_NAMES[language].get(method, method)
