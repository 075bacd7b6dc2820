using Lyceum.KernelService.Assistant;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Contents;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Replicas;
using Lyceum.KernelService.Server;
using Lyceum.KernelService.Sessions;

var builder = WebApplication.CreateBuilder(args);
builder.AddJupyterErrors();
builder.AddServiceDefaults();
builder.AddKernels();
builder.AddChannels();
builder.AddAssistant();
builder.AddSessions();
builder.AddContents();
builder.AddReplicas();

var app = builder.Build();
app.MapDefaultEndpoints();
app.UseReplicas();
app.MapServer();
app.MapKernels();
app.MapChannels();
app.MapAssistant();
app.MapSessions();
app.MapContents();
await app.RunAsync();
