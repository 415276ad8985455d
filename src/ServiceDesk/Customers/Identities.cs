using System.Globalization;
using System.Text;

namespace ServiceLoop.ServiceDesk.Customers;

/// <summary>How somebody is known.</summary>
public enum IdentityKind
{
    /// <summary>An address for mail.</summary>
    Email,

    /// <summary>A telephone number, in the international form.</summary>
    Phone,

    /// <summary>A name in another system: <c>crm:4711</c>, <c>wechat:oABC</c>.</summary>
    External,
}

/// <summary>Something by which a customer is known.</summary>
/// <param name="Kind">How.</param>
/// <param name="Value">As <see cref="Identities.Normal"/> writes it.</param>
/// <param name="IsVerified">True when it was proven that it belongs to the customer.</param>
public sealed record Identity(IdentityKind Kind, string Value, bool IsVerified);

/// <summary>Writes identities in one way, so that the same one is always found.</summary>
public static class Identities
{
    /// <summary>Longest value.</summary>
    public const int MaxLength = 254;

    private const int FewestDigits = 7;
    private const int MostDigits = 15;

    /// <summary>An identity in the one way in which it is kept.</summary>
    /// <param name="kind">How somebody is known.</param>
    /// <param name="value">As it was sent.</param>
    /// <param name="homePrefix">Country prefix for numbers without one, digits: <c>86</c>; null refuses them.</param>
    /// <param name="field">Name of the field, for the refusal.</param>
    /// <exception cref="DeskRefusedException">It is no such identity.</exception>
    public static string Normal(IdentityKind kind, string? value, string? homePrefix, string field)
    {
        // Full-width letters and digits, as Chinese keyboards write them, are the same to people.
        var text = TextRules.Required(value, field, MaxLength).Normalize(NormalizationForm.FormKC).Trim();
        return kind switch
        {
            IdentityKind.Email => Email(text, field),
            IdentityKind.Phone => Phone(text, homePrefix, field),
            IdentityKind.External => External(text, field),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    /// <summary>Hides most of a value, for lists and logs: <c>a…@example.org</c>, <c>+86…8000</c>.</summary>
    public static string Masked(Identity identity)
    {
        var value = identity.Value;
        var at = identity.Kind == IdentityKind.Email ? value.LastIndexOf('@') : value.Length - 4;
        var shown = identity.Kind == IdentityKind.Phone ? 3 : 1;
        return at <= shown ? "…" : $"{value[..shown]}…{value[at..]}";
    }

    private static string Email(string text, string field)
    {
        var at = text.LastIndexOf('@');
        var local = at < 0 ? "" : text[..at];
        var domain = at < 0 ? "" : Domain(text[(at + 1)..]);
        var isGood =
            local.Length is > 0 and <= 64
            && !local.Any(c =>
                char.IsWhiteSpace(c) || char.IsControl(c) || c is '@' or '<' or '>' or '(' or ')' or ',' or ';' or ':' or '"' or '\\'
            )
            && !local.StartsWith('.')
            && !local.EndsWith('.')
            && !local.Contains("..", StringComparison.Ordinal)
            && domain.Contains('.', StringComparison.Ordinal);

        return isGood
            ? $"{local.ToLowerInvariant()}@{domain}"
            : throw Refused("identity.email", field, text, "an address such as 'name@example.org'");
    }

    private static string Domain(string domain)
    {
        try
        {
            var ascii = new IdnMapping { UseStd3AsciiRules = true }
                .GetAscii(domain)
                .ToLowerInvariant();
            return ascii.EndsWith('.') ? "" : ascii;
        }
        catch (ArgumentException)
        {
            return "";
        }
    }

    private static string Phone(string text, string? homePrefix, string field)
    {
        var digits = new StringBuilder();

        foreach (var letter in text)
        {
            if (char.IsAsciiDigit(letter) || (letter == '+' && digits.Length == 0))
                digits.Append(letter);
            else if (letter is not (' ' or '-' or '.' or '(' or ')' or '/' or '\u00a0' or '\u2010' or '\u2011' or '\u2013'))
                throw Refused("identity.phone", field, text, "a number such as '+86 138 0013 8000'");
        }

        var number = digits.ToString();

        if (number.StartsWith("00", StringComparison.Ordinal))
            number = $"+{number[2..]}";

        // Short numbers are services of an operator, not people.
        if (!number.StartsWith('+') && number.Length < FewestDigits - 1)
            throw Refused("identity.phone", field, text, "a whole number, such as '+86 138 0013 8000'");

        if (!number.StartsWith('+'))
            number = homePrefix is null
                ? throw Refused("identity.phone-home", field, text, "a number with the prefix of its country, such as '+86 138 0013 8000'")
                : $"+{homePrefix}{National(number, homePrefix)}";

        // "+44 (0) 20 …" is a habit of writers: the zero is dialled at home only.
        if (
            text.Contains("(0)", StringComparison.Ordinal)
            && DialledCountries.Of(number) is { } country
            && number[(country.Prefix.Length + 1)..] is ['0', .. var rest]
        )
            number = $"+{country.Prefix}{rest}";

        return number.Length - 1 is >= FewestDigits and <= MostDigits && number[1] != '0'
            ? number
            : throw Refused("identity.phone", field, text, $"{FewestDigits} to {MostDigits} digits after the plus");
    }

    /// <summary>Without the digit that is dialled only within the country. Italy dials its zero from everywhere.</summary>
    private static string National(string number, string homePrefix) =>
        homePrefix switch
        {
            "39" => number,
            "1" when number.Length == 11 && number[0] == '1' => number[1..],
            "7" when number.Length == 11 && number[0] == '8' => number[1..],
            _ when number.StartsWith('0') => number[1..],
            _ => number,
        };

    private static string External(string text, string field)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var system = colon < 1 ? "" : text[..colon].Trim().ToLowerInvariant();
        var id = text[(colon + 1)..].Trim();
        var isGood =
            system.Length is > 0 and <= 64 && id.Length > 0 && system.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        return isGood
            ? $"{system}:{id}"
            : throw Refused("identity.external", field, text, "the name of a system, a colon and an id, such as 'crm:4711'");
    }

    private static DeskRefusedException Refused(string code, string field, string text, string wanted) =>
        DeskRefusedException.Invalid(code, field, $"'{field}' is '{TextRules.Quote(text)}', and must be {wanted}.");
}
