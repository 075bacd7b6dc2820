using Lyceum.KernelService.Channels;
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
builder.Services.AddHostedService<IdleCulling>();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapServer();
app.MapKernelspecs();
app.MapKernels();
app.MapChannels();
app.MapSessions();
await app.RunAsync();
