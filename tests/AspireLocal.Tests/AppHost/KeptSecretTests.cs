using Lyceum.AppHost;
using Lyceum.AppHost.Secrets;

namespace Lyceum.AspireLocal.Tests.AppHost;

public sealed class KeptSecretTests
{
    [Fact]
    public void A_secret_is_made_once_and_kept_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();

        var made = new KeptSecret(folder.Path, "learner-key", new GenerateParameterDefault { MinLength = 43, Special = false }).GetDefaultValue();
        var again = new KeptSecret(folder.Path, "learner-key", new GenerateParameterDefault { MinLength = 43, Special = false }).GetDefaultValue();
        var other = new KeptSecret(folder.Path, "identity-key", new GenerateParameterDefault { MinLength = 43, Special = false }).GetDefaultValue();

        Assert.Equal(made, again);
        Assert.NotEqual(made, other);
        Assert.Matches("^[A-Za-z0-9]{43}$", made);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Of("learner-key")));
    }

    [Fact]
    public void The_data_folder_lets_nobody_else_see_what_is_in_it()
    {
        using var folder = new TemporaryFolder();

        var data = DataFolder.Open(folder.Of("data"));
        var secrets = DataFolder.OpenPrivate(data, "secrets");

        var listing = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(data) & listing);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(secrets));
    }

    [Fact]
    public void A_data_folder_that_cannot_be_made_says_how_to_choose_another()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Of("file"), "");

        var refused = Assert.Throws<DistributedApplicationException>(() => DataFolder.Open(folder.Of("file/data")));

        Assert.Contains("LYCEUM_DATA", refused.Message, StringComparison.Ordinal);
    }
}
