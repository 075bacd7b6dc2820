using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lyceum.Gateway.Tests;

/// <summary>
/// An OpenID provider at the wire, of one client: discovery, keys, the authorization code flow with PKCE and user info (OpenID Connect
/// Core 1.0, RFC 7636). Its person is signed in already; what it says can be wrong.
/// </summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    public const string ClientId = "lyceum";
    public const string ClientSecret = "a secret of the client";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _codes = [];
    private RsaSecurityKey _key = NewKey();

    public OpenIdProvider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Use((context, next) => IsDown ? Answer(context, StatusCodes.Status503ServiceUnavailable) : next(context));
        _app.MapGet("/.well-known/openid-configuration", Describe);
        _app.MapGet("/keys", () => Results.Json(new { keys = new[] { PublicKey(_key) } }));
        _app.MapGet("/authorize", AuthorizeAsync);
        _app.MapPost("/token", RedeemAsync);
        _app.MapGet("/userinfo", (HttpRequest request) => request.Headers.Authorization == $"Bearer {AccessToken}" ? Results.Json(UserInfo) : Results.Unauthorized());
    }

    /// <summary>What the tokens say of the person, besides who they are for.</summary>
    public Dictionary<string, object> Person { get; set; } = [];

    /// <summary>What is said of the person at the address for it.</summary>
    public Dictionary<string, object> UserInfo { get; set; } = [];

    /// <summary>Whether the provider answers nothing but that it is out of order.</summary>
    public bool IsDown { get; set; }

    /// <summary>Changes what is in an ID token before it is signed.</summary>
    public Action<SecurityTokenDescriptor> Fault { get; set; } = _ => { };

    /// <summary>The error with which the person comes back in place of a code.</summary>
    public string? Refusal { get; set; }

    public Uri Address { get; private set; } = null!;

    private static string AccessToken => "an-access-token";

    public async Task StartAsync()
    {
        await _app.StartAsync();
        Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>From now on tokens are signed with another key, and only that one is known.</summary>
    public void RotateKey() => _key = NewKey();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };

    private static object PublicKey(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(false);
        return new { kty = "RSA", use = "sig", alg = "RS256", kid = key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
    }

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private IResult Describe() => Results.Json(new
    {
        issuer = Issuer,
        authorization_endpoint = $"{Issuer}/authorize",
        token_endpoint = $"{Issuer}/token",
        userinfo_endpoint = $"{Issuer}/userinfo",
        jwks_uri = $"{Issuer}/keys",
        response_types_supported = new[] { "code" },
        subject_types_supported = new[] { "public" },
        id_token_signing_alg_values_supported = new[] { "RS256" },
        code_challenge_methods_supported = new[] { "S256" },
    });

    private string Issuer => Address.ToString().TrimEnd('/');

    private IResult AuthorizeAsync(HttpRequest request)
    {
        var asked = request.Query.ToDictionary(one => one.Key, one => one.Value.ToString());
        if (asked["client_id"] != ClientId || asked["response_type"] != "code" || asked["code_challenge_method"] != "S256" || !asked["scope"].Split(' ').Contains("openid"))
        {
            return Results.BadRequest();
        }

        var code = Guid.NewGuid().ToString("N");
        _codes[code] = asked;
        var (name, value) = Refusal is { } refusal ? ("error", refusal) : ("code", code);
        return Results.Redirect(QueryHelpers.AddQueryString(asked["redirect_uri"], new Dictionary<string, string?> { [name] = value, ["state"] = asked["state"] }));
    }

    private async Task<IResult> RedeemAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        if (!_codes.TryRemove(form["code"].ToString(), out var asked))
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: StatusCodes.Status400BadRequest);
        }

        var isInOrder = form["client_id"] == ClientId && form["client_secret"] == ClientSecret && form["grant_type"] == "authorization_code"
            && asked["redirect_uri"] == form["redirect_uri"]
            && asked["code_challenge"] == Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (!isInOrder)
        {
            return Results.Json(new { error = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);
        }

        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = ClientId,
            IssuedAt = DateTime.UtcNow,
            NotBefore = DateTime.UtcNow,
            Expires = DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object>(Person) { ["nonce"] = asked["nonce"] },
            SigningCredentials = new(_key, SecurityAlgorithms.RsaSha256),
        };
        Fault(token);
        return Results.Json(new { access_token = AccessToken, token_type = "Bearer", expires_in = 300, id_token = new JsonWebTokenHandler().CreateToken(token) });
    }
}
