using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.LearningEvents;
using Lyceum.ServiceDefaults.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("chatdb");
builder.AddDatabaseSchema();
builder.AddLearningEvents();
builder.AddOllamaChatClient();
builder.AddTutor();
builder.AddConversations();
builder.AddTurns();
builder.AddStructured();
builder.AddActions();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapConversations();
app.MapTurns();
app.MapStructured();
app.MapActions();
await app.RunAsync();
