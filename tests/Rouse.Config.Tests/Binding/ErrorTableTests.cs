using System;
using System.Collections.Generic;
using System.Text;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Binding;

/// <summary>What an error costs: one test for each row of the original's table, with the deliberate differences.</summary>
public sealed class ErrorTableTests
{
    [Fact]
    public void An_unknown_attribute_is_ignored_with_a_warning_and_a_guess()
    {
        string message = Loaded.WithLines("only_form = 10.0.0.1").Runs(Codes.UnknownAttribute, Severity.Warning);
        Assert.EndsWith("Did you mean only_from?", message, StringComparison.Ordinal);
        Assert.EndsWith(
            "Take it out.", Loaded.WithLines("colour = red").Runs(Codes.UnknownAttribute, Severity.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_attribute_in_defaults_is_ignored_with_a_warning()
    {
        Configuration configuration = Loaded.From("defaults\n{\n nice = 5\n}\n" + Loaded.Service(""));
        Assert.Equal(Severity.Warning, configuration.Single(Codes.NotInDefaults).Severity);
        Assert.Equal(0, configuration.Only().Nice);
        Assert.False(configuration.DefaultsBroken);
    }

    [Fact]
    public void Enabled_and_disabled_are_no_attributes_of_a_service() =>
        Loaded.WithLines("disabled = test").Runs(Codes.UnknownAttribute, Severity.Warning);

    [Fact]
    public void Of_an_attribute_set_twice_the_first_one_stays()
    {
        Configuration configuration = Loaded.WithLines("nice = 1\nnice = 2");
        Assert.Contains("already set in line 10", configuration.Runs(Codes.AlreadySet, Severity.Warning), StringComparison.Ordinal);
        Assert.Equal(1, configuration.Only().Nice);
    }

    [Fact]
    public void Interface_is_another_name_of_bind()
    {
        Configuration configuration = Loaded.WithLines("bind = 127.0.0.1\ninterface = 127.0.0.2");
        configuration.Runs(Codes.AlreadySet, Severity.Warning);
        Assert.Equal("127.0.0.1", configuration.Only().Bind);
    }

    [Fact]
    public void A_fixed_attribute_takes_no_other_operator_and_the_line_is_ignored()
    {
        Configuration configuration = Loaded.WithLines("instances += 5");
        configuration.Runs(Codes.OperatorNotAllowed, Severity.Warning);
        Assert.Null(configuration.Only().Instances);
    }

    [Fact]
    public void A_wrong_number_of_values_leaves_the_service_out_and_says_what_the_original_does()
    {
        string message = Loaded.WithLines("per_source = 10 20").LeavesOut(Codes.WrongNumberOfValues);
        Assert.Equal(
            "per_source takes one value and has 2; service 'test' is left out. "
                + "The original ignores such a line, so that what it should set is not set.",
            message);
    }

    [Fact]
    public void A_comment_after_a_value_is_passed_over_and_the_value_holds()
    {
        Configuration configuration = Loaded.WithLines("per_source = 10\t# each of them\ncps = 5 20 #slow");
        Assert.Equal((10, new CpsLimit(5, 20)), (configuration.Only().PerSource, configuration.Only().Cps));
        List<Diagnostic> told = [.. configuration.All(Codes.CommentAfterValue)];
        Assert.Equal([Severity.Warning, Severity.Warning], told.ConvertAll(finding => finding.Severity));
        Assert.Equal(
            "what follows the value of per_source from '#' on is passed over as a comment, and '10' holds. "
                + "The original ignores the whole line. Make the comment a line of its own.",
            told[0].Message);
        Assert.Equal("# each of them", Encoding.UTF8.GetString(told[0].Span.File!.Bytes.Slice(told[0].Span.Start, told[0].Span.Length)));
        Assert.Contains("'5 20' holds", told[1].Message);
    }

    [Theory]
    [InlineData("per_source = # ten")]
    [InlineData("per_source = 10 20 # text")]
    [InlineData("per_source = 10 -- text # text")]
    [InlineData("cps = 5 # text")]
    public void Only_a_comment_may_be_too_much(string line) => Assert.Empty(Loaded.WithLines(line).Services);

    [Fact]
    public void Disable_with_a_comment_says_what_it_says_and_the_comment_is_told_of()
    {
        Configuration off = Loaded.WithLines("disable = yes # for now\nnonsense");
        Assert.Single(off.Disabled);
        Assert.Equal(Severity.Warning, off.Single(Codes.CommentAfterValue).Severity);
        Assert.Empty(off.All(Codes.NothingAfterName));
        Loaded.WithLines("disable = no # at last").Runs(Codes.CommentAfterValue, Severity.Warning);
    }

    [Fact]
    public void An_error_before_disable_no_still_leaves_the_service_out() =>
        Loaded.WithLines("bind = nosuch.example\ndisable = no").LeavesOut(Codes.BadBind);

    [Fact]
    public void An_enabled_list_does_not_bring_back_a_service_with_an_error()
    {
        Configuration configuration = Loaded.From("defaults\n{\n enabled = test\n}\n" + Loaded.Service("bind = nosuch.example"));
        configuration.LeavesOut(Codes.BadBind);
    }

    [Theory]
    [InlineData("instances = many", Codes.BadNumber)]
    [InlineData("instances = 10 20", Codes.WrongNumberOfValues)]
    [InlineData("only_from = nosuch.example", Codes.AddressNotUnderstood)]
    [InlineData("log_on_failure = PID", Codes.UnknownWord)]
    [InlineData("bind = nosuch.example", Codes.BadBind)]
    [InlineData("only_from 10.0.0.1", Codes.BadOperator)]
    public void An_error_in_defaults_refuses_the_whole_configuration(string line, string code)
    {
        Configuration configuration = Loaded.From($"defaults\n{{\n {line}\n}}\n" + Loaded.Service(""));
        Assert.True(configuration.DefaultsBroken);
        Diagnostic finding = configuration.Single(code);
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.Contains("; so the daemon does not start, and a reload changes nothing. ", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_disable_yes_the_rest_of_the_entry_does_not_matter()
    {
        Configuration configuration = Loaded.WithLines("disable = yes\nuser = nosuch\nnonsense\nport = x");
        Assert.Empty(configuration.Diagnostics);
        Assert.Empty(configuration.Services);
        Assert.Empty(configuration.Broken);
        Assert.Equal("test", Assert.Single(configuration.Disabled).Id);
    }

    [Fact]
    public void An_error_before_disable_yes_is_told_but_costs_nothing()
    {
        Configuration configuration = Loaded.WithLines("bind = nosuch.example\ndisable = yes");
        Diagnostic finding = configuration.Single(Codes.BadBind);
        Assert.Equal(Severity.Notice, finding.Severity);
        Assert.Contains("; service 'test' is disabled, so nothing follows now. ", finding.Message, StringComparison.Ordinal);
        Assert.Empty(configuration.Broken);
        Assert.Single(configuration.Disabled);
    }

    [Theory]
    [InlineData("DISABLE = YES")]
    [InlineData("disable =Yes")]
    [InlineData("\tdisable   =\tyes  ")]
    public void Disable_is_read_without_regard_to_case_and_spacing(string line) => Assert.Single(Loaded.WithLines(line).Disabled);

    [Fact]
    public void Of_two_disable_lines_the_first_one_counts()
    {
        Loaded.WithLines("disable = no\ndisable = yes").Runs(Codes.AlreadySet, Severity.Warning);
        Assert.Single(Loaded.WithLines("disable = yes\ndisable = no").Disabled);
    }

    [Fact]
    public void Only_an_equals_sign_disables() => Loaded.WithLines("disable += yes").Runs(Codes.OperatorNotAllowed, Severity.Warning);

    [Theory]
    [InlineData("foo", Codes.NothingAfterName)]
    [InlineData("foo \t", Codes.NothingAfterName)]
    [InlineData("nice= 5", Codes.NoSpaceBeforeOperator)]
    [InlineData("= 5", Codes.NoSpaceBeforeOperator)]
    [InlineData("nice 5", Codes.BadOperator)]
    [InlineData("nice + 5", Codes.BadOperator)]
    [InlineData("nice + = 5", Codes.BadOperator)]
    [InlineData("server_args = a\0b", Codes.NulByte)]
    [InlineData("server_args = a\r", Codes.CarriageReturn)]
    public void A_line_that_is_no_assignment_drops_the_whole_service(string line, string code) => Loaded.WithLines(line).LeavesOut(code);

    [Fact]
    public void A_file_with_CR_LF_is_told_once_for_each_entry()
    {
        Configuration configuration = Loaded.From(Loaded.Service("nice = 1").Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.Contains("LF", configuration.LeavesOut(Codes.CarriageReturn), StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_reported_and_not_only_the_first_one()
    {
        Configuration configuration = Loaded.WithLines("nice = x\nfoo\numask = 9\nbind = nosuch.example\nbar = 1\ninstances = 1 2");
        Assert.Equal(
            [Codes.BadNumber, Codes.NothingAfterName, Codes.BadNumber, Codes.BadBind, Codes.UnknownAttribute, Codes.WrongNumberOfValues],
            Array.ConvertAll([.. configuration.Diagnostics], diagnostic => diagnostic.Code));
        Assert.Single(configuration.Broken);
    }

    [Fact]
    public void A_broken_service_does_not_touch_the_others()
    {
        Configuration configuration = Loaded.From(
            Loaded.Service("", "a", 1001) + Loaded.Service("nice = x", "b", 1002) + Loaded.Service("", "c", 1003));
        Assert.Equal(["a", "c"], Array.ConvertAll([.. configuration.Services], service => service.Id));
        Assert.Equal("b", Assert.Single(configuration.Broken).Id);
        Assert.False(configuration.StructureBroken);
    }

    [Fact]
    public void An_env_word_and_a_passenv_name_are_judged_apart()
    {
        Configuration configuration = Loaded.WithLines("passenv = PATH NOSUCH");
        configuration.Runs(Codes.UndefinedVariable, Severity.Warning);
        Assert.Equal(["PATH"], configuration.Only().PassEnvironment);
    }

    [Fact]
    public void A_service_type_that_only_the_original_uses_is_ignored() =>
        Loaded.From(Loaded.Service("").Replace("type = UNLISTED", "type = UNLISTED SPECIAL", StringComparison.Ordinal))
            .Runs(Codes.SpecialType, Severity.Warning);

    [Fact]
    public void An_old_log_word_is_read_as_the_new_one()
    {
        Configuration configuration = Loaded.WithLines("log_on_failure = HOSTID");
        configuration.Runs(Codes.OldLogWord, Severity.Notice);
        Assert.Equal(LogOnFailure.Host, configuration.Only().LogOnFailure);
    }

    [Fact]
    public void What_an_old_log_word_costs_with_the_original_is_told_for_the_entry_where_it_stands()
    {
        Assert.Contains("leaves a service with this word out", Loaded.WithLines("log_on_failure = RECORD").Runs(Codes.OldLogWord, Severity.Notice));
        Configuration inDefaults = Loaded.From("defaults\n{\n log_on_failure = RECORD\n}\n" + Loaded.Service(""));
        Assert.Contains("does not start where defaults hold this word", inDefaults.Runs(Codes.OldLogWord, Severity.Notice));
    }

    [Theory]
    [InlineData("service test\n{\nsocket_type=stream\nwait=no\nuser=nobody\nserver=/usr/sbin/in.server\n}\n", Codes.NoSpaceBeforeOperator)]
    [InlineData("service test\r\n{\r\nsocket_type = stream\r\nwait = no\r\nuser = root\r\nserver = /bin/x\r\n}\r\n", Codes.CarriageReturn)]
    [InlineData("service test {\nsocket_type = stream\nwait = no\nuser = nobody\nserver = /usr/sbin/in.server\n}\n", Codes.MissingOpenBrace)]
    public void A_line_that_is_not_understood_is_not_told_to_be_missing(string text, string code)
    {
        Configuration configuration = Loaded.From(text);
        Assert.Empty(configuration.Services);
        Assert.NotEmpty(configuration.All(code));
        Assert.Empty(configuration.All(Codes.MissingAttribute));
    }
}
