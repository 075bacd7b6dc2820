using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Prompts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Tutor;

/// <summary>Finds how a student's turn is answered: the operator's settings, over them the course's prompts, over those the arms that the student is in.</summary>
internal sealed class TutorSetups(PromptLibrary prompts, ExperimentStore experiments, ExposureStore exposures, IOptions<TutorOptions> options)
{
    /// <param name="student">Who asks.</param>
    /// <param name="assignment">The assignment of the question's notebook; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<TutorSetup> ForAsync(CallerIdentity student, Guid? assignment, CancellationToken cancellationToken)
    {
        var inUse = await prompts.InUseAsync(student.Course, cancellationToken);
        var expert = options.Value.ExpertModel is { Length: > 0 } model ? model : null;
        var setup = new TutorSetup(options.Value.Model, expert, inUse, null, options.Value.Strategy, null, []);
        // Who tries the tutor out for a class is no learner of it.
        if (!student.Roles.Contains(Roles.Instructor))
        {
            foreach (var experiment in await experiments.RunningAsync(student.Course, cancellationToken))
            {
                setup = await InAsync(experiment, student, assignment, setup, cancellationToken);
            }
        }

        return setup with { Temperature = setup.Temperature ?? setup.Prompts.Tutor.Temperature };
    }

    private async Task<TutorSetup> InAsync(Experiment experiment, CallerIdentity student, Guid? assignment, TutorSetup setup, CancellationToken cancellationToken)
    {
        var bucket = Draw.Bucket(student.Course, experiment.Layer, student.Learner) - experiment.FirstBucket!.Value;
        if (bucket < 0 || bucket >= ExperimentRoom.Width(experiment))
        {
            return setup;
        }

        var stratum = experiment.Stratify switch
        {
            Stratification.Assignment => assignment?.ToString() ?? "none",
            Stratification.Experience => await exposures.ExperienceAsync(experiment.Id, student.Course, student.Learner, cancellationToken),
            _ => "all",
        };
        var arm = Draw.Arm(experiment.Id, stratum, student.Learner, experiment.Arms);
        foreach (var version in arm.Prompts ?? [])
        {
            // A published version is never taken back, so it is there.
            if (await prompts.FindPublishedAsync(student.Course, version, cancellationToken) is { } prompt)
            {
                setup = setup with { Prompts = PromptLibrary.With(setup.Prompts, prompt) };
            }
        }

        return setup with
        {
            Model = arm.Model ?? setup.Model,
            ExpertModel = arm.ExpertModel is { } expert ? (expert.Length == 0 ? null : expert) : setup.ExpertModel,
            Temperature = arm.Temperature ?? setup.Temperature,
            Strategy = arm.Strategy ?? setup.Strategy,
            MaxHintLevel = arm.MaxHintLevel ?? setup.MaxHintLevel,
            Exposures = [.. setup.Exposures, new Exposure(experiment.Id, experiment.Name, arm.Name!, stratum)],
        };
    }
}
