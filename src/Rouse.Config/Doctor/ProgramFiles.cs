using System;
using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>
/// The programs that services start: those that others than root could exchange although root runs them, scripts that cannot start, and
/// programs that run as somebody else than <c>user</c> says.
/// </summary>
internal static class ProgramFiles
{
    private const int SetUser = 0x800;
    private const int GroupWrites = 0x10;

    // What execve(2) reads of a script's first line (BINPRM_BUF_SIZE).
    private const int FirstLine = 256;

    public static void Look(Examination e)
    {
        Dictionary<string, string?> dangers = new(StringComparer.Ordinal);
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (!service.Spawns() || e.Host.Status(service.Server) is not { Kind: PathKind.Regular } program)
            {
                continue;
            }

            SourceSpan place = e.PlaceOf(service, "server");
            if ((service.User?.Uid ?? 0) == 0)
            {
                if (!dangers.TryGetValue(service.Server, out string? danger))
                {
                    danger = DangerOf(e.Host, service.Server);
                    dangers.Add(service.Server, danger);
                }

                if (danger is not null)
                {
                    e.Warn(
                        Codes.ProgramReplaceable,
                        place,
                        $"{danger}, and service {Quoted.Of(service.Id)} runs the program as root: who can change it is root. Give file and "
                            + "directories to root alone, or run the service as another user.");
                }
            }

            LookAtStart(e, service, place);
            if ((program.Mode & SetUser) != 0 && program.Uid != (service.User?.Uid ?? 0))
            {
                e.Note(
                    Codes.ProgramSetsUser,
                    place,
                    $"{Quoted.Of(service.Server)} is setuid, so that it runs with the rights of user number {program.Uid}, whatever user says. "
                        + "Take the bit away if the service does not need it.");
            }
        }
    }

    // A directory that a group may write to is left alone: distributions have such ones (/usr/local of group staff).
    private static string? DangerOf(IDoctorHost host, string server)
    {
        string real = host.RealPath(server);
        if (host.Status(real) is not { } program)
        {
            return null;
        }

        if (program.Uid != 0)
        {
            return $"{Quoted.Of(real)} belongs to user number {program.Uid}";
        }

        if (program.IsOpenToAll || ((program.Mode & GroupWrites) != 0 && program.Gid != 0))
        {
            return $"{Quoted.Of(real)} can be written by {(program.IsOpenToAll ? "everybody" : $"group number {program.Gid}")}";
        }

        for (int slash = real.LastIndexOf('/'); slash >= 0; slash = slash == 0 ? -1 : real.LastIndexOf('/', slash - 1))
        {
            string directory = slash == 0 ? "/" : real[..slash];
            if (host.Status(directory) is { } status && (status.Uid != 0 || (status.IsOpenToAll && !status.IsSticky)))
            {
                return status.Uid != 0
                    ? $"the directory {Quoted.Of(directory)} belongs to user number {status.Uid}, who can put another file in the place of {Quoted.Of(real)}"
                    : $"everybody can write to the directory {Quoted.Of(directory)}, and so put another file in the place of {Quoted.Of(real)}";
            }
        }

        return null;
    }

    private static void LookAtStart(Examination e, ServiceDefinition service, SourceSpan place)
    {
        byte[] beginning = e.Host.Beginning(service.Server, FirstLine);
        if (beginning.Length == 0)
        {
            return;
        }

        if (!beginning.AsSpan().StartsWith("#!"u8))
        {
            if (IsText(beginning))
            {
                e.Warn(
                    Codes.ScriptCannotStart,
                    place,
                    $"{Quoted.Of(service.Server)} is text without a first line such as #!/bin/sh, which the kernel does not start: no peer of service "
                        + $"{Quoted.Of(service.Id)} is served. Put the interpreter into its first line.");
            }

            return;
        }

        ReadOnlySpan<byte> line = beginning.AsSpan(2);
        int end = line.IndexOf((byte)'\n');
        line = (end < 0 ? line : line[..end]).Trim(" \t"u8);
        int blank = line.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> interpreter = blank < 0 ? line : line[..blank];
        if (interpreter.IsEmpty || (end < 0 && beginning.Length == FirstLine))
        {
            return;
        }

        if (!e.Files.IsExecutable(SourceFile.Decode(interpreter), out string reason))
        {
            string hint = interpreter[^1] == (byte)'\r'
                ? "The line ends in CR LF: convert the script."
                : "Install it, or correct the script's first line.";
            e.Warn(
                Codes.ScriptCannotStart,
                place,
                $"{Quoted.Of(service.Server)} is a script for {Quoted.Of(interpreter)}, which is no program that can be run ({reason}): no peer of "
                    + $"service {Quoted.Of(service.Id)} is served. {hint}");
        }
    }

    // Programs of other kinds than ELF are for the kernel to know (binfmt_misc); they do not look like this.
    private static bool IsText(byte[] beginning)
    {
        foreach (byte value in beginning)
        {
            if (value is 0x7f or < (byte)' ' and not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return false;
            }
        }

        return true;
    }
}
