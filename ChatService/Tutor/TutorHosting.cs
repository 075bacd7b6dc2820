namespace Lyceum.ChatService.Tutor;

internal static class TutorHosting
{
    private const int MaxLastErrorBytes = 1024 * 1024;

    /// <summary>Adds what decides on the words that a model is asked.</summary>
    public static void AddTutor(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TutorOptions>().BindConfiguration("Tutor").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(LastErrors.HttpClientName, http => http.MaxResponseContentBufferSize = MaxLastErrorBytes);
        builder.Services.AddSingleton(TutorPrompt.Load("tutor"));
        builder.Services.AddSingleton<LastErrors>();
        builder.Services.AddSingleton<ContextComposer>();
        builder.Services.AddSingleton<TutorRequests>();
    }
}
