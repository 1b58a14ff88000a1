using System;
using Rouse.Linux;

namespace Rouse.Server.Warm;

/// <summary>Why a parked process cannot serve by copies: what they would have in common without knowing it.</summary>
internal static class ShareCheck
{
    private const int DescriptorsLookedAt = 1024;

    // $$ of all copies would be the same number, and with it their files in /tmp.
    private static readonly string[] Shells = ["sh", "dash", "bash", "ksh", "ksh93", "mksh", "zsh", "ash", "busybox", "yash", "posh"];

    /// <summary>Null if it can.</summary>
    public static string? WhyNot(int pid, PlaceholderTable placeholder)
    {
        string program = Files.LinkTarget($"/proc/{pid}/exe");
        if (Array.IndexOf(Shells, program[(program.LastIndexOf('/') + 1)..]) >= 0)
        {
            return "it is a shell, whose $$ would be the same in every copy";
        }

        for (int fd = 0; fd < DescriptorsLookedAt; fd++)
        {
            if (!placeholder.Holds((ulong)fd) && Files.KindOf($"/proc/{pid}/fd/{fd}") == FileKind.Regular)
            {
                return $"it keeps a file open (descriptor {fd}), whose position all copies would share";
            }
        }

        return null;
    }
}
