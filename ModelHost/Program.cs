using Lyceum.ModelHost.Api;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.UseInlineSockets();
builder.AddModels();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapModels();
await app.RunAsync();
