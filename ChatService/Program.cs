using Lyceum.ChatService;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.LearningEvents;
using Lyceum.ServiceDefaults.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("chatdb", configureDataSourceBuilder: Statements.Prepare);
builder.AddDatabaseSchema();
builder.AddLearningEvents();
builder.AddTutoring();
builder.AddToolsOfTutors();
builder.AddGeneration();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapTutoring();
app.MapToolsOfTutors();
app.MapGeneration();
await app.RunAsync();
