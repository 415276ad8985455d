using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ServiceLoop.ServiceDesk.Customers;

namespace ServiceLoop.ServiceDesk.ProblemFiles;

/// <summary>A fact that a text tells.</summary>
/// <param name="Key">What it is about.</param>
/// <param name="Value">The value, written in one way.</param>
/// <param name="Confidence">How sure the rule is, 0 to 1.</param>
public sealed record TextFact(string Key, string Value, double Confidence);

/// <summary>Reads facts out of texts in Chinese and English. A rule that may be wrong says so by its confidence; what fits several rules is the first.</summary>
public static partial class FactRules
{
    /// <summary>Number of an order.</summary>
    public const string OrderNumber = "order-number";

    /// <summary>Address for mail.</summary>
    public const string Email = "email";

    /// <summary>Telephone number, international.</summary>
    public const string Phone = "phone";

    /// <summary>Amount with its currency: <c>CNY 199.00</c>.</summary>
    public const string Amount = "amount";

    /// <summary>A day: <c>2026-03-04</c>.</summary>
    public const string Date = "date";

    private const int MostOfText = 20_000;
    private const int MostFacts = 40;

    /// <summary>The facts of a text, in the order of the rules.</summary>
    /// <param name="text">What somebody wrote or said.</param>
    /// <param name="saidAt">When: days without a year are read from there.</param>
    /// <param name="homePrefix">Country prefix of numbers without one; null: only international ones are read.</param>
    public static IReadOnlyList<TextFact> Of(string? text, DateTimeOffset saidAt, string? homePrefix)
    {
        // Full-width digits are the same to people.
        var plain = Normal(text);
        var found = new List<TextFact>();
        var taken = new List<(int Start, int End)>();

        void Take(Regex rule, Func<Match, TextFact?> read)
        {
            foreach (Match match in rule.Matches(plain))
                if (
                    !taken.Exists(t => match.Index < t.End && t.Start < match.Index + match.Length)
                    && read(match) is { } fact
                    && found.Count < MostFacts
                )
                {
                    taken.Add((match.Index, match.Index + match.Length));

                    if (!found.Exists(f => f.Key == fact.Key && f.Value == fact.Value))
                        found.Add(fact);
                }
        }

        Take(MailRule(), MailOf);
        Take(NamedOrderRule(), m => OrderOf(m.Groups["value"].Value, 0.95));
        Take(IsoDateRule(), m => DateOf(m.Groups["year"].Value, m.Groups["month"].Value, m.Groups["day"].Value, 0.95));
        Take(ChineseDateRule(), m => ShortDateOf(m, saidAt));
        Take(EnglishDateRule(), m => EnglishDateOf(m, saidAt));
        Take(AmountRule(), AmountOf);
        Take(InternationalRule(), m => PhoneOf(m.Value, null, 0.9));

        if (homePrefix == "86")
            Take(ChineseMobileRule(), m => PhoneOf(m.Value, homePrefix, 0.9));

        Take(BareOrderRule(), m => OrderOf(m.Groups["value"].Value, 0.6));
        return found;
    }

    private static string Normal(string? text)
    {
        var cut = text is { Length: > MostOfText } ? text[..MostOfText] : text ?? "";

        try
        {
            return cut.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            // Half a character, at the cut or as it was sent: no fact is written in such.
            return new string([.. cut.Where(c => !char.IsSurrogate(c))]).Normalize(NormalizationForm.FormKC);
        }
    }

    private static TextFact? MailOf(Match m)
    {
        try
        {
            return new(Email, Identities.Normal(IdentityKind.Email, m.Value.TrimEnd('.'), null, "text"), 0.95);
        }
        catch (DeskRefusedException)
        {
            return null;
        }
    }

    private static TextFact? PhoneOf(string text, string? homePrefix, double confidence)
    {
        try
        {
            return new(Phone, Identities.Normal(IdentityKind.Phone, text, homePrefix, "text"), confidence);
        }
        catch (DeskRefusedException)
        {
            return null;
        }
    }

    // Without some digits it is a word, and not a number that somebody was given.
    private static TextFact? OrderOf(string text, double confidence) =>
        text.Count(char.IsAsciiDigit) >= 4 && !text.EndsWith('-') ? new(OrderNumber, text.ToUpperInvariant(), confidence) : null;

    private static TextFact? AmountOf(Match m)
    {
        var sign = (m.Groups["before"].Success ? m.Groups["before"].Value : m.Groups["after"].Value).ToUpperInvariant();
        var currency = sign switch
        {
            "$" or "US$" or "USD" or "DOLLAR" or "DOLLARS" or "美元" => "USD",
            "€" or "EUR" or "EURO" or "EUROS" or "欧元" => "EUR",
            "£" or "GBP" or "POUND" or "POUNDS" or "英镑" => "GBP",
            _ => "CNY",
        };
        return
            decimal.TryParse(
                m.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var amount
            )
            && amount < 1_000_000_000
            ? new(Amount, string.Create(CultureInfo.InvariantCulture, $"{currency} {amount:0.00}"), 0.9)
            : null;
    }

    private static TextFact? ShortDateOf(Match m, DateTimeOffset saidAt) =>
        m.Groups["year"].Success
            ? DateOf(m.Groups["year"].Value, m.Groups["month"].Value, m.Groups["day"].Value, 0.95)
            : WithoutYear(Number(m.Groups["month"].Value), Number(m.Groups["day"].Value), saidAt);

    private static TextFact? EnglishDateOf(Match m, DateTimeOffset saidAt)
    {
        var month =
            1
            + "janfebmaraprmayjunjulaugsepoctnovdec".IndexOf(m.Groups["month"].Value[..3].ToLowerInvariant(), StringComparison.Ordinal) / 3;
        return m.Groups["year"].Success
            ? DateOf(m.Groups["year"].Value, month.ToString(CultureInfo.InvariantCulture), m.Groups["day"].Value, 0.95)
            : WithoutYear(month, Number(m.Groups["day"].Value), saidAt);
    }

    /// <summary>The nearest such day that is not far ahead: people speak of what was more than of what will be.</summary>
    private static TextFact? WithoutYear(int month, int day, DateTimeOffset saidAt)
    {
        for (var year = saidAt.Year + 1; year >= saidAt.Year - 1; year--)
            if (
                month is >= 1 and <= 12
                && day >= 1
                && day <= DateTime.DaysInMonth(year, month)
                && new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero) <= saidAt.AddDays(60)
            )
                return DateOf(year, month, day, 0.7);

        return null;
    }

    private static TextFact? DateOf(string year, string month, string day, double confidence) =>
        DateOf(Number(year), Number(month), Number(day), confidence);

    private static TextFact? DateOf(int year, int month, int day, double confidence) =>
        month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new(Date, string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}"), confidence)
            : null;

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private const int Patience = 500;
    private const RegexOptions Loose = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"[a-z0-9._%+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}", Loose, Patience)]
    private static partial Regex MailRule();

    [GeneratedRegex(
        @"(?:(?:订单|單號|单号)(?:编号|号码|号)?(?:是|为)?\s{0,3}[:#]?\s{0,3}|\border(?:\s(?:number|no\.?|id))?\s{0,2}(?:is\s)?[:#]?\s{0,2})(?<value>[A-Z0-9][A-Z0-9-]{4,31})",
        Loose,
        Patience
    )]
    private static partial Regex NamedOrderRule();

    [GeneratedRegex(@"(?<![\w#])#(?<value>[A-Z0-9-]{5,32})(?!\w)", Loose, Patience)]
    private static partial Regex BareOrderRule();

    [GeneratedRegex(@"(?<!\d)(?<year>20\d\d)[-/.](?<month>\d{1,2})[-/.](?<day>\d{1,2})(?!\d)", Loose, Patience)]
    private static partial Regex IsoDateRule();

    [GeneratedRegex(@"(?<!\d)(?:(?<year>20\d\d)\s?年\s?)?(?<month>\d{1,2})\s?月\s?(?<day>\d{1,2})\s?[日号]", Loose, Patience)]
    private static partial Regex ChineseDateRule();

    [GeneratedRegex(
        @"\b(?:(?<day>\d{1,2})(?:st|nd|rd|th)?\s(?:of\s)?(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)|(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\s(?<day>\d{1,2})(?:st|nd|rd|th)?)\b(?:,?\s(?<year>20\d\d))?",
        Loose,
        Patience
    )]
    private static partial Regex EnglishDateRule();

    [GeneratedRegex(
        @"(?<before>¥|RMB|CNY|US\$|USD|\$|€|EUR|£|GBP)\s?(?<number>\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)(?!\d)|(?<![\d.,])(?<number>\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,9}(?:\.\d{1,2})?)\s?(?<after>元|块钱|块|人民币|美元|欧元|英镑|yuan|rmb|cny|usd|dollars?|eur|euros?|gbp|pounds?)(?![a-z])",
        Loose,
        Patience
    )]
    private static partial Regex AmountRule();

    [GeneratedRegex(@"(?<![\d+])\+\d(?:[ -]?\d){6,14}(?!\d)", Loose, Patience)]
    private static partial Regex InternationalRule();

    [GeneratedRegex(@"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", Loose, Patience)]
    private static partial Regex ChineseMobileRule();
}
