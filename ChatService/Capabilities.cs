using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Assignments;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Erasures;
using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Feedback;
using Lyceum.ChatService.Jelai;
using Lyceum.ChatService.KernelTools;
using Lyceum.ChatService.Mcp;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.People;
using Lyceum.ChatService.Plugins;
using Lyceum.ChatService.Prompts;
using Lyceum.ChatService.Records;
using Lyceum.ChatService.Reports;
using Lyceum.ChatService.Structured;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService;

/// <summary>What the service can do, in three parts.</summary>
internal static class Capabilities
{
    /// <summary>Conversations, the tutor, and what instructors decide about it and see of it.</summary>
    public static void AddTutoring(this IHostApplicationBuilder builder)
    {
        builder.AddOllamaChatClient();
        builder.AddTutor();
        builder.AddAssignments();
        builder.AddPrompts();
        builder.AddExperiments();
        builder.AddRecords();
        builder.AddReports();
        builder.AddConversations();
        builder.AddPeople();
        builder.AddTurns();
        builder.AddJelai();
        builder.AddErasures();
    }

    /// <summary>What the tutor's model may call: plugins, kernels, MCP servers.</summary>
    public static void AddToolsOfTutors(this IHostApplicationBuilder builder)
    {
        builder.AddTools();
        builder.AddPlugins();
        builder.AddKernelTools();
        builder.AddMcp();
    }

    /// <summary>What is made without a conversation: JSON, calls of APIs, code.</summary>
    public static void AddGeneration(this IHostApplicationBuilder builder)
    {
        builder.AddStructured();
        builder.AddActions();
        builder.AddCodeGeneration();
    }

    public static void MapTutoring(this IEndpointRouteBuilder routes)
    {
        routes.MapAssignments();
        routes.MapPrompts();
        routes.MapExperiments();
        routes.MapRecords();
        routes.MapReports();
        routes.MapConversations();
        routes.MapPeople();
        routes.MapFeedback();
        routes.MapTurns();
        routes.MapJelai();
        routes.MapErasures();
    }

    public static void MapToolsOfTutors(this IEndpointRouteBuilder routes)
    {
        routes.MapTools();
        routes.MapPlugins();
        routes.MapMcpServer();
    }

    public static void MapGeneration(this IEndpointRouteBuilder routes)
    {
        routes.MapStructured();
        routes.MapActions();
        routes.MapCodeGeneration();
    }
}
