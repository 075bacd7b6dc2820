using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Ollama;

internal static class OllamaHosting
{
    /// <summary>Adds the <see cref="IChatClient"/> that talks to ModelHost.</summary>
    public static void AddOllamaChatClient(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ChatMetrics>();
        // The client bounds the wait for the first line and for each next one itself.
        builder.Services.AddHttpClient(OllamaChatClient.HttpClientName, http => http.Timeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>, OllamaEmbeddings>();
        builder.Services.AddSingleton<OllamaChatClient>();
        builder.Services.AddSingleton(provider => new TracedChatClient(
            provider.GetRequiredService<OllamaChatClient>(),
            provider.GetRequiredService<ChatMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IChatClient>(provider => provider.GetRequiredService<TracedChatClient>());
    }
}
