using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Contents;
using Lyceum.KernelService.Culling;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.KernelService.Server;
using Lyceum.KernelService.Sessions;
using Lyceum.KernelService.Workspaces;

var builder = WebApplication.CreateBuilder(args);
builder.AddJupyterErrors();
builder.AddServiceDefaults();
builder.AddWorkspaces();
builder.AddKernelspecs();
builder.AddKernels();
builder.AddChannels();
builder.AddSessions();
builder.AddContents();
builder.Services.AddHostedService<IdleCulling>();

var app = builder.Build();
app.MapDefaultEndpoints();
// Inside of the default error handling, which would answer in another shape.
app.UseMiddleware<JupyterErrorMiddleware>();
app.MapServer();
app.MapKernelspecs();
app.MapKernels();
app.MapChannels();
app.MapSessions();
app.MapContents();
await app.RunAsync();
