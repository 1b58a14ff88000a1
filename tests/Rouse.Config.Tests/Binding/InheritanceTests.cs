using System;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Binding;

/// <summary>The two moments at which a service takes what the defaults say.</summary>
public sealed class InheritanceTests
{
    [Fact]
    public void What_a_service_does_not_say_comes_from_the_defaults()
    {
        ServiceDefinition service = Defaults("""
            log_type = SYSLOG local0 notice
            log_on_success = HOST PID
            log_on_failure = HOST
            instances = 60
            per_source = 5
            cps = 25 30
            max_load = 4
            umask = 077
            v6only = yes
            groups = yes
            bind = 127.0.0.1
            passenv = PATH
            only_from = 10.0.0.0
            no_access = 10.1.0.0
            """, "").Only();
        Assert.Equal(new LogTarget(LogTargetKind.Syslog, 16 << 3, 5, "", 0, 0), service.LogType);
        Assert.Equal((LogOnSuccess.Host | LogOnSuccess.Pid, LogOnFailure.Host), (service.LogOnSuccess, service.LogOnFailure));
        Assert.Equal(
            (60, 5, new CpsLimit(25, 30), 4.0, 0x3f), (service.Instances, service.PerSource, service.Cps, service.MaxLoad, service.Umask));
        Assert.True(service.V6Only && service.Groups);
        Assert.Equal(("127.0.0.1", 1), (service.Bind, service.BindAddresses.Length));
        Assert.Equal(["PATH"], service.PassEnvironment);
        Assert.Equal((1, 1), (service.OnlyFrom.Length, service.NoAccess.Length));
    }

    [Fact]
    public void What_a_service_says_counts_more()
    {
        ServiceDefinition service = Defaults(
            "instances = 60\ncps = 1 1\nlog_on_success = HOST PID\nonly_from = 10.0.0.0\ngroups = yes\nbind = 127.0.0.1",
            "instances = UNLIMITED\ncps = 0 0\nlog_on_success = EXIT\nonly_from = 11.0.0.0\ngroups = no\nbind = 127.0.0.2").Only();
        Assert.Null(service.Instances);
        Assert.Equal(new CpsLimit(0, 0), service.Cps);
        Assert.Equal(LogOnSuccess.Exit, service.LogOnSuccess);
        Assert.Equal("11.0.0.0", Assert.Single(service.OnlyFrom).Address.ToText());
        Assert.False(service.Groups);
        Assert.Equal("127.0.0.2", service.Bind);
    }

    [Theory]
    [InlineData("only_from += 11.0.0.0", "10.0.0.0 11.0.0.0")]
    [InlineData("only_from -= 10.0.0.0", "")]
    [InlineData("only_from =", "")]
    [InlineData("nice = 0", "10.0.0.0")]
    public void Lines_of_a_service_change_the_inherited_list(string line, string expected)
    {
        ServiceDefinition service = Defaults("only_from = 10.0.0.0", line).Only();
        Assert.False(service.OnlyFrom.IsDefault);
        Assert.Equal(
            expected, string.Join(' ', Array.ConvertAll([.. service.OnlyFrom], (AddressPattern pattern) => pattern.Address.ToText())));
    }

    [Fact]
    public void A_service_that_changes_its_list_changes_no_other_service()
    {
        Configuration configuration = Loaded.From(
            "defaults\n{\nonly_from = 10.0.0.0\n}\n" + Loaded.Service("only_from += 11.0.0.0", "a", 1001)
            + Loaded.Service("only_from -= 10.0.0.0", "b", 1002)
            + Loaded.Service("", "c", 1003));
        Assert.Equal([2, 0, 1], Array.ConvertAll([.. configuration.Services], service => service.OnlyFrom.Length));
    }

    [Fact]
    public void Log_words_are_added_to_and_taken_from_the_inherited_ones()
    {
        ServiceDefinition service = Defaults(
            "log_on_success = HOST PID\nlog_on_failure = HOST",
            "log_on_success += EXIT\nlog_on_success -= PID\nlog_on_failure += ATTEMPT").Only();
        Assert.Equal(LogOnSuccess.Host | LogOnSuccess.Exit, service.LogOnSuccess);
        Assert.Equal(LogOnFailure.Host | LogOnFailure.Attempt, service.LogOnFailure);
    }

    [Fact]
    public void Passenv_is_added_to_the_inherited_list()
    {
        Assert.Equal(["PATH", "HOME"], Defaults("passenv = PATH", "passenv += HOME").Only().PassEnvironment);
        Assert.Equal([], Defaults("passenv = PATH", "passenv =").Only().PassEnvironment);
    }

    [Fact]
    public void In_defaults_an_equals_sign_adds()
    {
        ServiceDefinition service = Defaults(
            "only_from = 10.0.0.0\nonly_from = 11.0.0.0\nlog_on_failure = HOST\nlog_on_failure = ATTEMPT", "").Only();
        Assert.Equal(2, service.OnlyFrom.Length);
        Assert.Equal(LogOnFailure.Host | LogOnFailure.Attempt, service.LogOnFailure);
    }

    [Fact]
    public void An_empty_only_from_in_defaults_means_nobody() =>
        Assert.True(Defaults("only_from =", "").Only().OnlyFrom is { IsDefault: false, IsEmpty: true });

    [Fact]
    public void Access_lists_of_defaults_do_not_hold_for_services_read_before_and_a_warning_says_so()
    {
        Configuration configuration = Loaded.From(
            Loaded.Service("") + "defaults\n{\nonly_from = 10.0.0.0\ninstances = 3\nlog_on_failure = HOST\n}\n");
        configuration.Runs(Codes.DefaultsTooLate, Severity.Warning);
        ServiceDefinition service = configuration.Only();
        Assert.True(service.OnlyFrom.IsDefault);
        Assert.Equal(3, service.Instances);
        Assert.Equal(LogOnFailure.Host, service.LogOnFailure);
    }

    [Fact]
    public void A_service_with_a_list_of_its_own_is_not_warned_about() =>
        Assert.Empty(Loaded.From(Loaded.Service("only_from = 11.0.0.0") + "defaults\n{\nonly_from = 10.0.0.0\n}\n").Diagnostics);

    [Fact]
    public void Later_defaults_do_not_reach_into_a_service_read_before()
    {
        MemoryHost host = new();
        host.Files["/etc/more"] = Text.SourceFile.Encode("defaults\n{\nonly_from = 11.0.0.0\n}\n");
        Configuration configuration = Loaded.From(
            "defaults\n{\nonly_from = 10.0.0.0\n}\n" + Loaded.Service("") + "include /etc/more\n" + Loaded.Service("", "b", 1002), host);
        Assert.Equal([1, 2], Array.ConvertAll([.. configuration.Services], service => service.OnlyFrom.Length));
    }

    [Fact]
    public void A_log_file_of_defaults_is_common_to_all_services()
    {
        Assert.Equal(
            new LogTarget(LogTargetKind.CommonFile, 0, 0, "/var/log/all", 100, 200), Defaults(
                "log_type = FILE /var/log/all 100 200", "").Only().LogType);
        Assert.Equal(LogTargetKind.File, Defaults("log_type = FILE /a", "log_type = FILE /b").Only().LogType.Kind);
    }

    [Fact]
    public void A_second_log_type_in_defaults_is_an_error()
    {
        Configuration configuration = Defaults("log_type = FILE /a\nlog_type = FILE /b", "");
        Assert.Equal(Severity.Error, configuration.Single(Codes.AlreadySet).Severity);
        Assert.True(configuration.DefaultsBroken);
        Assert.Equal(Severity.Warning, Defaults("", "log_type = FILE /a\nlog_type = FILE /b").Single(Codes.AlreadySet).Severity);
    }

    private static Configuration Defaults(string defaults, string service) => Loaded.From(
        $"defaults\n{{\n{defaults}\n}}\n" + Loaded.Service(service));
}
