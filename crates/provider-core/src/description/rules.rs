//! The parameters of requests, one table per kind of model: name, labels and
//! allowed values. Names are those of the request's fields in the contract.

/// The languages of labels, in the order of a rule's labels.
pub const LOCALES: [&str; 4] = ["en_US", "zh_Hans", "ja_JP", "pt_BR"];

/// How a parameter may be set.
#[derive(Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// For display, in the languages of [`LOCALES`], with `|` between them.
    pub labels: &'static str,
    /// The allowed values.
    pub value: Value,
    /// The initial value, as JSON; may be empty.
    pub default: &'static str,
}

/// The values that a parameter accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A decimal number between these, with two decimal places.
    Decimal(i32, i32),
    /// Any decimal number, with two decimal places.
    AnyDecimal,
    /// An integer between these.
    Whole(i32, i32),
    /// An integer of at least this.
    WholeFrom(i32),
    /// True or false.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A short text.
    Line,
    /// A long text.
    Text,
}

const fn rule(
    name: &'static str,
    value: Value,
    default: &'static str,
    labels: &'static str,
) -> Rule {
    Rule {
        name,
        labels,
        value,
        default,
    }
}

/// Parameters of every text model.
pub(super) static TEXT: [Rule; 7] = [
    rule(
        "temperature",
        Value::Decimal(0, 2),
        "0.7",
        "Temperature|温度|温度|Temperatura",
    ),
    rule(
        "top_p",
        Value::Decimal(0, 1),
        "0.8",
        "Top P|Top P|Top P|Top P",
    ),
    rule("top_k", Value::Whole(0, 99), "", "Top K|Top K|Top K|Top K"),
    rule(
        "frequency_penalty",
        Value::Decimal(-2, 2),
        "0",
        "Frequency penalty|频率惩罚|頻度ペナルティ|Penalidade de frequência",
    ),
    rule(
        "presence_penalty",
        Value::Decimal(-2, 2),
        "0",
        "Presence penalty|存在惩罚|存在ペナルティ|Penalidade de presença",
    ),
    rule("seed", Value::WholeFrom(0), "", SEED),
    rule(
        "max_tokens",
        Value::WholeFrom(1),
        "",
        "Max tokens|最大 token 数|最大トークン数|Máximo de tokens",
    ),
];

const SEED: &str = "Seed|随机种子|シード|Semente";

/// Parameters of models that reason. The first is a switch, for models where it
/// is optional.
pub(super) static REASONING: [Rule; 3] = [
    rule(
        "reasoning",
        Value::Switch,
        "",
        "Reasoning|思考模式|思考モード|Raciocínio",
    ),
    rule(
        "reasoning_budget",
        Value::WholeFrom(1),
        "",
        "Reasoning budget (tokens)|思考预算（token）|思考の上限（トークン）|Limite de raciocínio (tokens)",
    ),
    rule(
        "reasoning_effort",
        Value::Choice(&["minimal", "low", "medium", "high"]),
        "",
        "Reasoning effort|推理强度|推論の度合い|Esforço de raciocínio",
    ),
];

const FORMAT: &str = "Response format|回复格式|回答の形式|Formato da resposta";

/// Parameter of chat models.
pub(super) static RESPONSE_FORMAT: Rule = rule(
    "response_format",
    Value::Choice(&["text", "json_object"]),
    "",
    FORMAT,
);

/// The same for models that support JSON schemas.
pub(super) static RESPONSE_FORMAT_WITH_SCHEMA: Rule = rule(
    "response_format",
    Value::Choice(&["text", "json_object", "json_schema"]),
    "",
    FORMAT,
);

/// Parameter of chat models; the gateway performs the search.
pub(super) static WEB_SEARCH: Rule = rule(
    "web_search",
    Value::Choice(&["automatic", "low", "medium", "high"]),
    "",
    "Web search|联网搜索|ウェブ検索|Busca na web",
);

/// Parameters of image models.
pub(super) static IMAGE: [Rule; 6] = [
    rule(
        "negative_prompt",
        Value::Text,
        "",
        "Negative prompt|反向提示词|ネガティブプロンプト|Prompt negativo",
    ),
    rule(
        "size",
        Value::Line,
        "\"1328*1328\"",
        "Size|尺寸|サイズ|Tamanho",
    ),
    rule(
        "count",
        Value::Whole(1, 10),
        "1",
        "Images|图片数量|枚数|Imagens",
    ),
    rule("seed", Value::Whole(0, 2_147_483_647), "", SEED),
    rule(
        "prompt_extend",
        Value::Switch,
        "true",
        "Extend the prompt|智能改写提示词|プロンプトを補う|Ampliar o prompt",
    ),
    rule(
        "watermark",
        Value::Switch,
        "false",
        "Watermark|水印|透かし|Marca-d'água",
    ),
];

/// Parameters of embedding models.
pub(super) static EMBEDDING: [Rule; 1] = [rule(
    "dimensions",
    Value::WholeFrom(1),
    "",
    "Dimensions|向量维度|次元数|Dimensões",
)];

/// Parameters of rerank models.
pub(super) static RERANK: [Rule; 3] = [
    rule(
        "top_n",
        Value::WholeFrom(1),
        "",
        "Top N|Top N|上位件数|Top N",
    ),
    rule(
        "score_threshold",
        Value::AnyDecimal,
        "",
        "Score threshold|分数阈值|スコアのしきい値|Pontuação mínima",
    ),
    rule(
        "instruction",
        Value::Text,
        "",
        "Instruction|排序指令|指示|Instrução",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = &'static Rule> {
        let texts = TEXT.iter().chain(&REASONING);
        let others = IMAGE.iter().chain(&EMBEDDING).chain(&RERANK);
        let single = [&RESPONSE_FORMAT, &RESPONSE_FORMAT_WITH_SCHEMA, &WEB_SEARCH];
        texts.chain(others).chain(single)
    }

    #[test]
    fn every_rule_has_a_label_in_every_language() {
        for rule in all() {
            assert!(
                rule.labels
                    .split('|')
                    .filter(|label| !label.is_empty())
                    .count()
                    == LOCALES.len(),
                "{rule:?}"
            );
        }
    }

    #[test]
    fn every_default_is_a_value_that_is_taken() {
        for rule in all().filter(|rule| !rule.default.is_empty()) {
            let json: serde_json::Value = serde_json::from_str(rule.default).expect(rule.name);
            let fits = match rule.value {
                Value::Decimal(least, most) => json
                    .as_f64()
                    .is_some_and(|n| (f64::from(least)..=f64::from(most)).contains(&n)),
                Value::AnyDecimal => json.is_number(),
                Value::Whole(least, most) => json
                    .as_i64()
                    .is_some_and(|n| (least.into()..=most.into()).contains(&n)),
                Value::WholeFrom(least) => json.as_i64().is_some_and(|n| n >= least.into()),
                Value::Switch => json.is_boolean(),
                Value::Choice(words) => json.as_str().is_some_and(|text| words.contains(&text)),
                Value::Line | Value::Text => json.is_string(),
            };
            assert!(fits, "{rule:?}");
        }
    }
}
