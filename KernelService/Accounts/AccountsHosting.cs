namespace Lyceum.KernelService.Accounts;

internal static class AccountsHosting
{
    public static void AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<AccountsOptions>().BindConfiguration("Kernels:Accounts").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<AccountTable>();
        builder.Services.AddSingleton<UserAccounts>();
        builder.Services.AddHostedService<AccountsCheck>();
    }
}
