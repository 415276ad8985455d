using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ServiceLoop.Workflows.Tests.Auth.OpenIdConnect;

/// <summary>A small authority of OpenID Connect on a port of this machine, which keeps to the rules as long as a test does not twist it.</summary>
internal sealed class Authority : IAsyncDisposable
{
    public const string ClientId = "serviceloop";
    public const string ClientSecret = "a-secret-of-the-client-that-is-long-enough-for-hs256";

    private const string KeyId = "key-1";

    private readonly RSA key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, NameValueCollection> codes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> tokens = new(StringComparer.Ordinal);
    private WebApplication? app;
    private int port;

    /// <summary>Its address; known once it was started.</summary>
    public string Address => $"http://127.0.0.1:{port}";

    /// <summary>Who sits before it: the claims of the next token.</summary>
    public JsonObject Guest { get; set; } = [];

    /// <summary>What only the answer about the user tells.</summary>
    public JsonObject About { get; set; } = [];

    /// <summary>Changes the next tokens.</summary>
    public Action<JsonObject>? Twist { get; set; }

    /// <summary>Signs the next tokens: from header and claims to the whole; null: as is right.</summary>
    public Func<string, string>? Sign { get; set; }

    /// <summary>An error with which it sends people back; null for none.</summary>
    public string? Error { get; set; }

    /// <summary>What it was asked for last.</summary>
    public NameValueCollection Asked { get; private set; } = [];

    /// <summary>An honest authority again.</summary>
    public void Reset() => (Guest, About, Twist, Sign, Error) = ([], [], null, null, null);

    /// <summary>Starts it; again at the same port.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddRoutingCore();
        app = builder.Build();
        app.UseRouting();
        app.MapGet("/.well-known/openid-configuration", Discover);
        app.MapGet("/keys", Keys);
        app.MapGet("/authorize", Authorize);
        app.MapPost("/token", TokenAsync);
        app.MapGet("/userinfo", Tell);
        await app.StartAsync(ct);
        port = new Uri(app.Urls.Single()).Port;
    }

    public async Task StopAsync()
    {
        if (app is not null)
            await app.DisposeAsync();

        app = null;
    }

    /// <summary>A token in parts, signed with a key.</summary>
    public static string Signed(string text, RSA with) =>
        $"{text}.{Base64Url.EncodeToString(with.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";

    /// <summary>Header and claims as a token has them.</summary>
    public static string Unsigned(JsonObject header, JsonObject claims) =>
        $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        key.Dispose();
    }

    private Task Discover(HttpContext context) =>
        AnswerAsync(
            context,
            new()
            {
                ["issuer"] = Address,
                ["authorization_endpoint"] = $"{Address}/authorize",
                ["token_endpoint"] = $"{Address}/token",
                ["userinfo_endpoint"] = $"{Address}/userinfo",
                ["jwks_uri"] = $"{Address}/keys",
                ["response_types_supported"] = new JsonArray("code"),
                ["subject_types_supported"] = new JsonArray("public"),
                ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
            }
        );

    private Task Keys(HttpContext context)
    {
        var open = key.ExportParameters(includePrivateParameters: false);
        return AnswerAsync(
            context,
            new()
            {
                ["keys"] = new JsonArray(
                    new JsonObject
                    {
                        ["kty"] = "RSA",
                        ["use"] = "sig",
                        ["alg"] = "RS256",
                        ["kid"] = KeyId,
                        ["n"] = Base64Url.EncodeToString(open.Modulus),
                        ["e"] = Base64Url.EncodeToString(open.Exponent),
                    }
                ),
            }
        );
    }

    private Task Authorize(HttpContext context)
    {
        Asked = HttpUtility.ParseQueryString(context.Request.QueryString.Value!);
        var back = $"{Asked["redirect_uri"]}?state={Uri.EscapeDataString(Asked["state"]!)}";
        var code = RandomNumberGenerator.GetHexString(32);
        codes[code] = Asked;
        context.Response.Redirect(Error is null ? $"{back}&code={code}" : $"{back}&error={Error}&error_description=%3Cb%3Eno%3C%2Fb%3E");
        return Task.CompletedTask;
    }

    private async Task TokenAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();

        if (
            form["grant_type"] != "authorization_code"
            || !codes.TryRemove(form["code"].ToString(), out var asked)
            || form["client_id"] != ClientId
            || form["client_secret"] != ClientSecret
            || form["redirect_uri"] != asked["redirect_uri"]
            || asked["code_challenge_method"] != "S256"
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())))
                != asked["code_challenge"]
        )
        {
            context.Response.StatusCode = (int)HttpStatusCode.BadRequest;
            await AnswerAsync(context, new() { ["error"] = "invalid_grant" });
            return;
        }

        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = (JsonObject)Guest.DeepClone();
        claims["iss"] = Address;
        claims["aud"] = ClientId;
        claims["nonce"] = asked["nonce"];
        claims["iat"] = now;
        claims["exp"] = now + 300;
        Twist?.Invoke(claims);

        var text = Unsigned(
            new()
            {
                ["alg"] = "RS256",
                ["typ"] = "JWT",
                ["kid"] = KeyId,
            },
            claims
        );
        var access = RandomNumberGenerator.GetHexString(32);
        tokens[access] = claims["sub"]?.GetValue<string>() ?? "";
        await AnswerAsync(
            context,
            new()
            {
                ["access_token"] = access,
                ["token_type"] = "Bearer",
                ["expires_in"] = 300,
                ["id_token"] = Sign is null ? Signed(text, key) : Sign(text),
            }
        );
    }

    private Task Tell(HttpContext context)
    {
        var about = (JsonObject)About.DeepClone();

        if (!about.ContainsKey("sub"))
            about["sub"] = tokens[context.Request.Headers.Authorization.ToString()["Bearer ".Length..]];

        return AnswerAsync(context, about);
    }

    private static async Task AnswerAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString());
    }
}
