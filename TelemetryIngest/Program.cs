using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Partitions;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("telemetrydb");
builder.AddDatabaseSchema();
builder.AddTelemetryJson();
builder.AddEventMonths();
builder.AddEvents();
builder.AddInsight();
builder.AddResearch();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapEvents();
app.MapInsight();
app.MapResearch();
await app.RunAsync();
