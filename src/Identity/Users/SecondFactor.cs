using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace ServiceLoop.Identity.Users;

/// <summary>The code beside the password: from an app, or one of ten from paper.</summary>
internal sealed class SecondFactor(PersonStore store, IDataProtectionProvider protection, TimeProvider clock)
{
    private const int RecoveryCodes = 10;
    private const int RecoveryLength = 12;
    private const string RecoveryLetters = "abcdefghjkmnpqrstuvwxyz23456789";

    private readonly IDataProtector protector = protection.CreateProtector("ServiceLoop.SecondFactor");

    /// <summary>Draws a secret that waits for its first code.</summary>
    /// <returns>The secret as people type it.</returns>
    public async Task<string> BeginAsync(Person person, CancellationToken ct)
    {
        var secret = TimedCode.DrawSecret();
        await store.SetSecondFactorAsync(
            person.Id,
            protector.Protect(Convert.ToBase64String(secret)),
            null,
            0,
            [],
            clock.GetUtcNow(),
            null,
            ct
        );
        return TimedCode.Write(secret);
    }

    /// <summary>Confirms it with the first code.</summary>
    /// <returns>Recovery codes, shown this once; null when the code is wrong.</returns>
    public async Task<ImmutableArray<string>?> ConfirmAsync(Person person, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();

        if (person.TotpSecret is not { } kept || TimedCode.StepOf(Read(kept), code, now) is not { } step)
            return null;

        var codes = DrawRecovery();
        await store.SetSecondFactorAsync(person.Id, kept, now, step, codes.Select(c => HashOf(person.Id, c)), now, null, ct);
        return codes;
    }

    /// <param name="id">Whose.</param>
    /// <param name="seen">Row version as it was seen; null: whatever it is.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False: somebody changed the person meanwhile.</returns>
    public Task<bool> RemoveAsync(Guid id, long? seen, CancellationToken ct) =>
        store.SetSecondFactorAsync(id, null, null, 0, [], clock.GetUtcNow(), seen, ct);

    /// <summary>Whether a code is good; it is so once.</summary>
    /// <returns>How it was proven, for the audit log; null: it is not good.</returns>
    public async Task<string?> UseAsync(Person person, string code, CancellationToken ct)
    {
        if (person.TotpSecret is not { } kept || person.TotpSince is null)
            return null;

        if (TimedCode.StepOf(Read(kept), code, clock.GetUtcNow()) is { } step)
            return await store.UseStepAsync(person.Id, step, ct) ? "app" : null;

        return await store.UseRecoveryCodeAsync(person.Id, HashOf(person.Id, code), ct) ? "recovery code" : null;
    }

    private byte[] Read(string kept) => Convert.FromBase64String(protector.Unprotect(kept));

    private static ImmutableArray<string> DrawRecovery() =>
        [
            .. Enumerable
                .Range(0, RecoveryCodes)
                .Select(_ => RandomNumberGenerator.GetString(RecoveryLetters, RecoveryLength))
                .Select(c => $"{c[..4]}-{c[4..8]}-{c[8..]}"),
        ];

    private static byte[] HashOf(Guid person, string code)
    {
        var plain = string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return SHA256.HashData(Encoding.UTF8.GetBytes($"{person:N}:{plain}"));
    }
}
