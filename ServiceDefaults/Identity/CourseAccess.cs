using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>What instructors may in their own course only, and the owner in every course.</summary>
public static class CourseAccess
{
    /// <summary>A group of endpoints below <c>/{service}/courses/{course}</c>; an instructor of another course is answered 403.</summary>
    /// <param name="routes">Where the group belongs.</param>
    /// <param name="service">The first part of the path, such as <c>/telemetry</c>.</param>
    public static RouteGroupBuilder MapCourse(this IEndpointRouteBuilder routes, string service)
    {
        var course = routes.MapGroup($"{service}/courses/{{course}}").RequireAuthorization(Policies.Instructor);
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
