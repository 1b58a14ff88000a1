using System;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Syntax;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>log_type, log_on_success and log_on_failure.</summary>
internal static class LogValues
{
    private const long LeastExtra = 5 * 1024;
    private const long MostExtra = 20 * 1024;

    public static bool LogType(Assignment a) => a.Value(0) switch
    {
        var v when v.Is("FILE"u8) => File(a),
        var v when v.Is("SYSLOG"u8) => Syslog(a),
        _ => WordValues.Unknown(a, 0, "SYSLOG facility [level], FILE path [soft limit [hard limit]]"),
    };

    public static bool OnSuccess(Assignment a)
    {
        LogOnSuccess words = a.Operator == AssignOperator.Set ? LogOnSuccess.None : a.Draft.LogOnSuccess;
        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            LogOnSuccess word = SuccessWord(a.Value(i));
            if (word == LogOnSuccess.None)
            {
                understood = WordValues.Unknown(
                    a, i, "HOST, DURATION, EXIT, PID, USERID, TRAFFIC (ATTEMPT and RECORD belong into log_on_failure)");
            }

            words = a.Operator == AssignOperator.Remove ? words & ~word : words | word;
        }

        a.Draft.LogOnSuccess = words;
        return understood;
    }

    public static bool OnFailure(Assignment a)
    {
        LogOnFailure words = a.Operator == AssignOperator.Set ? LogOnFailure.None : a.Draft.LogOnFailure;
        bool understood = true;
        for (int i = 0; i < a.Count; i++)
        {
            LogOnFailure word = FailureWord(a.Value(i));
            if (a.Value(i).Is("HOSTID"u8))
            {
                a.Note(Codes.OldLogWord, a.Span(i), "HOSTID is an old word and is read as HOST", "Write HOST.");
                word = LogOnFailure.Host;
            }
            else if (word == LogOnFailure.None)
            {
                understood = WordValues.Unknown(a, i, "HOST, ATTEMPT, USERID, RECORD");
            }
            else if (word == LogOnFailure.Record)
            {
                a.Note(
                    Codes.OldLogWord,
                    a.Span(i),
                    "RECORD is an old word: here it adds a RECORD line with the reason, the address and the port of each peer turned away",
                    a.Draft.IsDefaults
                        ? "The original does not start where defaults hold this word."
                        : "The original leaves a service with this word out.");
            }

            words = a.Operator == AssignOperator.Remove ? words & ~word : words | word;
        }

        a.Draft.LogOnFailure = words;
        return understood;
    }

    private static bool File(Assignment a)
    {
        if (a.Count is < 2 or > 4)
        {
            return a.Fail(
                Codes.LogTypeShape,
                a.ValuesSpan,
                "log_type FILE has the wrong number of words",
                "Write FILE path, and after it up to two limits.");
        }

        long soft = 0;
        long hard = 0;
        if (a.Count > 2 && !Numbers.TryReadSize(a.Value(2), out soft))
        {
            return BadLimit(a, 2);
        }

        if (a.Count == 4 && !Numbers.TryReadSize(a.Value(3), out hard))
        {
            return BadLimit(a, 3);
        }

        if (a.Count == 4 && hard < soft)
        {
            return a.Fail(
                Codes.LogLimitOrder, a.Span(3), $"the hard limit {hard} is below the soft limit {soft}", "Write the soft limit first.");
        }

        if (a.Count == 3)
        {
            hard = soft > long.MaxValue - MostExtra ? long.MaxValue : soft + Math.Clamp(soft / 100, LeastExtra, MostExtra);
        }

        a.Draft.LogType = new(LogTargetKind.File, 0, 0, a.Text(1), soft, hard);
        return true;
    }

    private static bool Syslog(Assignment a)
    {
        if (a.Count is < 2 or > 3)
        {
            return a.Fail(
                Codes.LogTypeShape,
                a.ValuesSpan,
                "log_type SYSLOG has the wrong number of words",
                "Write SYSLOG facility, and after it the level if it is not info.");
        }

        int facility = Facility(a.Value(1));
        int level = a.Count == 3 ? Level(a.Value(2)) : 6;
        if (facility < 0)
        {
            return WordValues.Unknown(a, 1, "daemon, auth, authpriv, user, mail, lpr, news, uucp, ftp, local0 to local7");
        }

        if (level < 0)
        {
            return WordValues.Unknown(a, 2, "emerg, alert, crit, err, warning, notice, info, debug");
        }

        a.Draft.LogType = new(LogTargetKind.Syslog, facility << 3, level, "", 0, 0);
        return true;
    }

    private static bool BadLimit(Assignment a, int index) => a.Fail(
        Codes.BadNumber,
        a.Span(index),
        $"the limit {Quoted.Of(a.Value(index))} is no number of bytes",
        "Write a number, with K or M after it if need be.");

    private static LogOnSuccess SuccessWord(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.Is("HOST"u8) => LogOnSuccess.Host,
        _ when word.Is("DURATION"u8) => LogOnSuccess.Duration,
        _ when word.Is("EXIT"u8) => LogOnSuccess.Exit,
        _ when word.Is("PID"u8) => LogOnSuccess.Pid,
        _ when word.Is("USERID"u8) => LogOnSuccess.UserId,
        _ when word.Is("TRAFFIC"u8) => LogOnSuccess.Traffic,
        _ => LogOnSuccess.None,
    };

    private static LogOnFailure FailureWord(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.Is("HOST"u8) => LogOnFailure.Host,
        _ when word.Is("ATTEMPT"u8) => LogOnFailure.Attempt,
        _ when word.Is("USERID"u8) => LogOnFailure.UserId,
        _ when word.Is("RECORD"u8) => LogOnFailure.Record,
        _ => LogOnFailure.None,
    };

    // syslog.h's numbers.
    private static int Facility(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.Is("user"u8) => 1,
        _ when word.Is("mail"u8) => 2,
        _ when word.Is("daemon"u8) => 3,
        _ when word.Is("auth"u8) => 4,
        _ when word.Is("lpr"u8) => 6,
        _ when word.Is("news"u8) => 7,
        _ when word.Is("uucp"u8) => 8,
        _ when word.Is("authpriv"u8) => 10,
        _ when word.Is("ftp"u8) => 11,
        _ when word.Length == 6 && word[..5].Is("local"u8) && word[5] is >= (byte)'0' and <= (byte)'7' => 16 + word[5] - '0',
        _ => -1,
    };

    private static int Level(ReadOnlySpan<byte> word) => word switch
    {
        _ when word.Is("emerg"u8) => 0,
        _ when word.Is("alert"u8) => 1,
        _ when word.Is("crit"u8) => 2,
        _ when word.Is("err"u8) => 3,
        _ when word.Is("warning"u8) => 4,
        _ when word.Is("notice"u8) => 5,
        _ when word.Is("info"u8) => 6,
        _ when word.Is("debug"u8) => 7,
        _ => -1,
    };
}
