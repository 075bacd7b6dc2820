using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>Lets an instructor see the own course only, and the owner every course.</summary>
internal static class CourseAccess
{
    /// <summary>A group of endpoints below <c>/telemetry/courses/{course}</c>.</summary>
    public static RouteGroupBuilder MapCourse(this IEndpointRouteBuilder routes)
    {
        var course = routes.MapGroup("/telemetry/courses/{course}").RequireAuthorization(Policies.Instructor);
        course.AddEndpointFilter(async (context, next) =>
        {
            var caller = context.HttpContext.User.Caller();
            var asked = context.HttpContext.GetRouteValue("course") as string;
            return caller.Roles.Contains(Roles.Owner) || asked == caller.Course
                ? await next(context)
                : TypedResults.Problem($"You are an instructor of {caller.Course}, not of {asked}.", statusCode: StatusCodes.Status403Forbidden);
        });
        return course;
    }
}
