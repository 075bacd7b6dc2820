using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest;
using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Learners;
using Lyceum.TelemetryIngest.Live;
using Lyceum.TelemetryIngest.Metrics;
using Lyceum.TelemetryIngest.Partitions;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("telemetrydb");
builder.AddDatabaseSchema();
builder.AddTelemetryJson();
builder.AddEventMonths();
builder.AddEvents();
builder.AddActivity();
builder.AddLive();
builder.AddLearners();
builder.AddMetrics();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapEvents();
app.MapActivity();
app.MapLive();
app.MapLearners();
app.MapMetrics();
await app.RunAsync();
