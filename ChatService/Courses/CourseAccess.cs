using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.Courses;

/// <summary>What instructors do in their own course, and the owner in every course.</summary>
internal static class CourseAccess
{
    /// <summary>A group of endpoints below <c>/tutor/courses/{course}</c>.</summary>
    public static RouteGroupBuilder MapTutorCourse(this IEndpointRouteBuilder routes)
    {
        var course = routes.MapGroup("/tutor/courses/{course}").RequireAuthorization(Policies.Instructor);
        course.AddEndpointFilter(async (context, next) =>
        {
            var caller = context.HttpContext.User.Caller();
            var asked = context.HttpContext.GetRouteValue("course") as string;
            return caller.Roles.Contains(Roles.Owner) || asked == caller.Course
                ? await next(context)
                : TypedResults.Problem($"You are an instructor of {caller.Course}, not of another course.", statusCode: StatusCodes.Status403Forbidden);
        });
        return course;
    }
}
