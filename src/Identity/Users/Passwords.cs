using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace ServiceLoop.Identity.Users;

/// <summary>Hashes passwords with ASP.NET Core's own hasher, checks them, and says which are too weak.</summary>
internal sealed class Passwords(PeopleOptions options) : IDisposable
{
    private const int Longest = 256;
    private const int FewestDifferent = 5;

    // What must be there beside the name itself.
    private const int RestBesideName = 8;
    private const int RandomLength = 20;

    // Without letters and digits that look alike: somebody will type it.
    private const string RandomLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static readonly char[] Trimmings = [.. "0123456789!?.,-_#*+$@&%/() "];

    private static readonly HashSet<string> Common = ReadCommon();

    private readonly PasswordHasher<Person> hasher = new();

    // Each takes tens of milliseconds of a core: more at once than there are cores would only starve everything else.
    private readonly SemaphoreSlim turns = new(Environment.ProcessorCount);
    private readonly Lazy<string> nobodys = new(() => new PasswordHasher<Person>().HashPassword(null!, "nobody's"));

    /// <summary>What is wrong with a password; null for nothing.</summary>
    public IdentityRefusedException? Weakness(string password, string name) =>
        password.Length < options.PasswordLength
            ? IdentityRefusedException.Invalid(
                "password.short",
                $"A password has {options.PasswordLength} characters or more; this one has {password.Length}."
            )
        : password.Length > Longest
            ? IdentityRefusedException.Invalid(
                "password.long",
                $"A password has {Longest} characters at most; this one has {password.Length}."
            )
        : IsLike(password, name)
            ? IdentityRefusedException.Invalid(
                "password.name",
                "The password is too much like the name. Choose another, such as four words that have nothing to do with each other."
            )
        : IsCommon(password)
            ? IdentityRefusedException.Invalid(
                "password.common",
                "The password is one of those that are tried first. Choose another, such as four words that have nothing to do with each other."
            )
        : null;

    /// <summary>A password that nobody guesses.</summary>
    public static string Draw() => RandomNumberGenerator.GetString(RandomLetters, RandomLength);

    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        await turns.WaitAsync(ct);

        try
        {
            return hasher.HashPassword(null!, password);
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Whether a password is a person's. Takes as long for a person that does not exist.</summary>
    /// <returns>Whether it is right, and whether it should be hashed anew.</returns>
    public async Task<(bool IsRight, bool IsOld)> CheckAsync(Person? person, string password, CancellationToken ct)
    {
        await turns.WaitAsync(ct);

        try
        {
            var hash = person?.PasswordHash;
            var answer = hasher.VerifyHashedPassword(null!, hash ?? nobodys.Value, password.Length > Longest ? "" : password);
            return (
                hash is not null && answer != PasswordVerificationResult.Failed,
                answer == PasswordVerificationResult.SuccessRehashNeeded
            );
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();

    private static bool IsLike(string password, string name) =>
        name.Length >= 4
        && password.Contains(name, StringComparison.OrdinalIgnoreCase)
        && password.Replace(name, "", StringComparison.OrdinalIgnoreCase).Length < RestBesideName;

    private static bool IsCommon(string password)
    {
        if (password.Distinct().Count() < FewestDifferent)
            return true;

        // "P@ssword1234!" is "password" to whoever tries.
        var lower = password.ToLowerInvariant();
        var plain = Plain(lower);
        var core = Plain(lower.Trim(Trimmings));
        return Common.Contains(plain) || Common.Contains(core) || IsRepeated(plain) || IsRepeated(core) || core.Length < FewestDifferent;
    }

    private static bool IsRepeated(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
            if (text.Length % length == 0 && Enumerable.Range(0, text.Length).All(i => text[i] == text[i % length]))
                return Common.Contains(text[..length]) || length < 4;

        return false;
    }

    private static string Plain(string text) => string.Concat(text.Select(Plain));

    private static char Plain(char letter) =>
        letter switch
        {
            '@' or '4' => 'a',
            '3' => 'e',
            '1' => 'i',
            '0' => 'o',
            '$' or '5' => 's',
            _ => letter,
        };

    private static HashSet<string> ReadCommon()
    {
        using var stream = typeof(Passwords).Assembly.GetManifestResourceStream("ServiceLoop.Identity.Users.common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split((char[])['\n', '\r'], StringSplitOptions.RemoveEmptyEntries).Select(line => Plain(line.Trim())),
        ];
    }
}
