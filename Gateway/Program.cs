using Lyceum.Gateway.Accounts;
using Lyceum.Gateway.Limits;
using Lyceum.Gateway.Page;
using Lyceum.Gateway.Routing;
using Lyceum.Gateway.SignIn;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddAccounts();
builder.AddSignIn();
builder.AddLimits();
builder.AddRouting();
builder.AddPage();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseMiddleware<KeyPathMiddleware>();
app.UsePageFiles();
app.UseRouting();
app.UseAuthentication();
app.UseRateLimiter();
app.UseAuthorization();
app.MapPage();
app.MapSignIn();
app.MapAccounts();
app.MapRouting();
await app.RunAsync();
