namespace Lyceum.ChatService.Tutor;

internal static class TutorHosting
{
    private const int MaxTelemetryBytes = 1024 * 1024;

    /// <summary>Adds what decides on the words that a model is asked.</summary>
    public static void AddTutor(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<TutorOptions>().BindConfiguration("Tutor").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(StudentTelemetry.HttpClientName, http => http.MaxResponseContentBufferSize = MaxTelemetryBytes);
        builder.Services.AddSingleton<StudentTelemetry>();
        builder.Services.AddSingleton<KernelVariables>();
        builder.Services.AddSingleton<ContextComposer>();
        builder.Services.AddSingleton<HintLadder>();
        builder.Services.AddSingleton<TutorSetups>();
        builder.Services.AddSingleton<TutorRequests>();
    }
}
