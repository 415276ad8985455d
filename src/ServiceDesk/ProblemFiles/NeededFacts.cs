using System.Collections.Frozen;

namespace ServiceLoop.ServiceDesk.ProblemFiles;

/// <summary>What must be known to solve a case of a category, and how it is asked for.</summary>
public static class NeededFacts
{
    /// <summary>Key of the question whether a transcript is right; followed by a colon and the contact.</summary>
    public const string VerifyTranscript = "verify-transcript";

    private static readonly FrozenDictionary<string, (string Zh, string En)> Questions = new Dictionary<string, (string, string)>
    {
        [FactRules.OrderNumber] = ("请问订单号是多少？", "What is the number of the order?"),
        [FactRules.Date] = ("请问是哪一天发生的？", "On which day did it happen?"),
        [FactRules.Amount] = ("请问金额是多少？", "What is the amount?"),
        [FactRules.Email] = ("请问您的账号邮箱是什么？", "Which e-mail address does the account have?"),
        [FactRules.Phone] = ("请问怎样的电话号码可以联系到您？", "On which number can you be reached?"),
        ["product"] = ("请问是哪一款产品、什么型号？", "Which product and model is it?"),
        ["symptom"] = ("请问产品出现了什么现象？", "What does the product do, or fail to do?"),
        ["address"] = ("请问上门地址是哪里？", "What is the address for the visit?"),
        ["invoice-title"] = ("请问发票抬头和税号是什么？", "Which name and tax number should the invoice have?"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string[]> ByCategory = new Dictionary<string, string[]>
    {
        ["order-status"] = [FactRules.OrderNumber],
        ["delivery-delay"] = [FactRules.OrderNumber],
        ["delivery"] = [FactRules.OrderNumber],
        ["cancel-order"] = [FactRules.OrderNumber],
        ["refund"] = [FactRules.OrderNumber, FactRules.Amount],
        ["refunds"] = [FactRules.OrderNumber, FactRules.Amount],
        ["invoices"] = [FactRules.OrderNumber, "invoice-title"],
        ["invoice"] = [FactRules.OrderNumber, "invoice-title"],
        ["payments"] = [FactRules.Amount, FactRules.Date],
        ["payment-failed"] = [FactRules.Amount, FactRules.Date],
        ["login-password"] = [FactRules.Email],
        ["access"] = [FactRules.Email],
        ["accounts"] = [FactRules.Email],
        ["account-change"] = [FactRules.Email],
        ["defects"] = ["product", "symptom"],
        ["product-defect"] = ["product", "symptom"],
        ["warranty"] = ["product", FactRules.Date],
        ["repairs"] = ["product", "address", FactRules.Phone],
        ["repair-appointment"] = ["product", "address", FactRules.Phone],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Keys that are needed for an intent or a category; none for others. <c>order_status</c> and <c>order-status</c> are the same.</summary>
    public static IReadOnlyList<string> Of(string? name) =>
        name is not null && ByCategory.TryGetValue(name.ToLowerInvariant().Replace('_', '-'), out var keys) ? keys : [];

    /// <summary>Whether a key is one that customers are asked for in words of the product.</summary>
    public static bool IsKnown(string key) => Questions.ContainsKey(key);

    /// <summary>How a key is asked for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="language"><c>zh</c>, or English.</param>
    public static string Question(string key, string? language)
    {
        var isChinese = language == "zh";
        return key.StartsWith(VerifyTranscript, StringComparison.Ordinal)
            ? isChinese
                ? "录音转写的把握不大，请核对文字。"
                : "The transcript is not sure. Please verify it with the recording."
            : Questions.TryGetValue(key, out var text)
                ? isChinese
                    ? text.Zh
                    : text.En
                : key;
    }
}
