using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Workspaces;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddWorkspaces();

var app = builder.Build();
app.UseMiddleware<JupyterErrorMiddleware>();
app.MapDefaultEndpoints();
await app.RunAsync();
