namespace Lyceum.ModelHost.Tests.Scheduling;

public sealed class FairShareTests
{
    [Fact]
    public void With_200_users_on_2_nodes_no_course_gets_less_than_nine_tenths_of_its_share_and_no_interactive_wait_is_without_bound()
    {
        using var simulated = new SimulatedClass();
        simulated.Run(TimeSpan.FromMinutes(20));
        for (var minute = 1; minute < 20; minute++)
        {
            var shares = simulated.Shares(minute * 60, (minute + 1) * 60);
            Assert.All(shares, share => Assert.True(share.Value >= 0.9 / SimulatedClass.Courses.Length, $"minute {minute}: {share.Key} got {share.Value:P1}"));
        }

        // 40 users of a course share 1.6 places for 4.4 s each, which is a round of 110 s. One who had long answers may be overtaken once.
        var longest = simulated.Waits.Where(wait => !wait.IsBatch && wait.Course != SimulatedClass.Courses[0]).Max(wait => wait.Seconds);
        Assert.True(longest < 2 * 110, $"somebody waited {longest:F0} s");
    }
}
