using Microsoft.AspNetCore.Http;

namespace ServiceLoop.Identity.Entrance;

/// <summary>From where a request comes.</summary>
public static class CallerOfRequest
{
    /// <summary>Address and program of the caller.</summary>
    public static Caller Of(HttpContext context) =>
        new(AddressOf(context), context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null);

    /// <summary>IP address; null when there is none, as in tests in the process.</summary>
    public static string? AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}
