using Lyceum.ServiceDefaults.Exams;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Registers what keeps exams.</summary>
public static class ExamHosting
{
    /// <summary>Adds an <see cref="ExamGate"/> that asks ChatService.</summary>
    public static void AddExams(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<ExamsOptions>().BindConfiguration("Exams").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(AskedExamPolicy.HttpClientName);
        builder.AddExams<AskedExamPolicy>();
    }

    /// <summary>Adds an <see cref="ExamGate"/> with a policy of one's own.</summary>
    public static void AddExams<TPolicy>(this IHostApplicationBuilder builder)
        where TPolicy : class, IExamPolicy
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IExamPolicy, TPolicy>();
        builder.Services.AddSingleton<ExamGate>();
    }
}
