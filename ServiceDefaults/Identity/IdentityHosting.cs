using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Lyceum.ServiceDefaults.Identity;

internal static class IdentityHosting
{
    /// <summary>Makes every endpoint refuse a caller without a valid identity token, and every call to our services carry one.</summary>
    public static void AddInternalIdentity(this IHostApplicationBuilder builder, string serviceName)
    {
        builder.Services.AddOptions<IdentityOptions>().BindConfiguration("Identity").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(ServiceIdentity.For(serviceName));
        builder.Services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<IdentityOptions>>().Value;
            return new IdentityTokens(options.Key, IdentityTokens.InternalPurpose, serviceName, options.Lifetime, provider.GetRequiredService<TimeProvider>());
        });
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddTransient<IdentityForwardingHandler>();
        builder.Services.AddAuthentication(IdentityHeader.Scheme)
            .AddScheme<AuthenticationSchemeOptions, IdentityAuthenticationHandler>(IdentityHeader.Scheme, null);
        builder.Services.AddAuthorization(Policies.Add);
    }
}
