using ServiceLoop.Identity;
using ServiceLoop.Identity.Entrance;
using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Auth;

/// <summary>How often keys and tokens may be wrong from one address, and how often one key may be used; on this node. Sessions of browsers have no limit.</summary>
internal sealed class ProofLimits(PeopleOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Allowance failures = new(options.WrongKeysPerMinute, Window, clock);
    private readonly Allowance uses = new(options.CallsPerKeyPerMinute, Window, clock);

    /// <summary>A key or token was wrong.</summary>
    public void Failed(string? address) => failures.Take(AddressBlock.Of(address));

    /// <summary>How long an address must wait; null: it need not.</summary>
    public TimeSpan? WaitOf(string? address) => failures.Wait(AddressBlock.Of(address));

    /// <summary>Counts a use of a key.</summary>
    /// <returns>How long its holder must wait; null: not at all.</returns>
    public TimeSpan? Use(string key) => uses.Take(key);

    /// <summary>Tells a caller to wait.</summary>
    public static Task RefuseAsync(HttpContext context, TimeSpan wait, string code, string what)
    {
        var seconds = RetryAfter.Write(context, wait);
        return Problems.Of(StatusCodes.Status429TooManyRequests, code, $"{what} Try again in {seconds} s.").ExecuteAsync(context);
    }
}

/// <summary>Keeps those away who guess keys.</summary>
internal sealed class ProofLimit(RequestDelegate next, ProofLimits limits)
{
    public Task InvokeAsync(HttpContext context) =>
        (context.Request.Headers.Authorization.Count > 0 || BearerScheme.Find(context.Request) is not null)
        && limits.WaitOf(CallerOfRequest.AddressOf(context)) is { } wait
            ? ProofLimits.RefuseAsync(context, wait, "access.too-many-wrong", "Too many wrong keys or tokens came from this address.")
            : next(context);
}
