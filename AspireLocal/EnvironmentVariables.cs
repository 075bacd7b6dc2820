using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal;

/// <summary>The environment variables that have been said of a resource.</summary>
internal static class EnvironmentVariables
{
    public static async Task<Dictionary<string, object>> OfAsync(
        IResource resource, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(execution, resource, variables, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentAnnotation>())
        {
            await annotation.Callback(context);
        }

        return variables;
    }

    /// <summary>Whether a value is made of something that must not be shown.</summary>
    public static bool IsSecret(object value) => value switch
    {
        ParameterResource parameter => parameter.Secret,
        ConnectionStringReference reference => IsSecret(reference.Resource),
        IResourceWithConnectionString resource => IsSecret(resource.ConnectionStringExpression),
        ReferenceExpression expression => expression.ValueProviders.Any(IsSecret),
        _ => false,
    };
}
