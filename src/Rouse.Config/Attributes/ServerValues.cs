using Rouse.Config.Diagnostics;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Attributes;

/// <summary>What is run and as whom: id, server, server_args, user, group, and names of files that the daemon reads later.</summary>
internal static class ServerValues
{
    // (uid_t)-1 means "do not change" to setresuid(2) and may therefore never be set.
    private const long HighestId = uint.MaxValue - 1L;

    public static bool Id(Assignment a)
    {
        a.Draft.Id = a.Text(0);
        return true;
    }

    public static bool Server(Assignment a) => Accept(a, a.Text(0), a.Span(0));

    /// <summary>The same of a path that is written in another way.</summary>
    public static bool Accept(Assignment a, string path, SourceSpan place)
    {
        if (path[0] != '/')
        {
            return a.Fail(
                Codes.ServerNotAbsolute,
                place,
                $"server {Quoted.Of(path)} is no absolute path",
                "Write the whole path of the program, from / on.");
        }

        if (!a.Host.IsExecutable(path, out string reason))
        {
            return a.Fail(
                Codes.ServerNotExecutable,
                place,
                $"server {Quoted.Of(path)} is no program that can be run: {reason}",
                "Install it, or name another one.");
        }

        a.Draft.Server = path;
        return true;
    }

    public static bool ServerArgs(Assignment a)
    {
        a.Draft.ServerArgs.EnsureCapacity(a.Count);
        for (int i = 0; i < a.Count; i++)
        {
            a.Draft.ServerArgs.Add(a.Text(i));
        }

        a.Draft.NamedInArgsFirst = a.Draft.Is(ServiceFlags.NameInArgs);
        return true;
    }

    public static bool User(Assignment a)
    {
        UserEntry? user;
        if (Numbers.AreDigits(a.Value(0)))
        {
            if (!Numbers.TryRead(a.Value(0), 0, HighestId, out long uid))
            {
                return a.Fail(
                    Codes.UnknownUser,
                    a.Span(0),
                    $"user {Quoted.Of(a.Value(0))} is above the highest user number",
                    "Name an existing user.");
            }

            user = new(a.Host.FindUser((uint)uid)?.Name ?? "", (uint)uid, (uint)uid);
        }
        else
        {
            user = a.Host.FindUser(a.Text(0));
        }

        a.Draft.User = user;
        return user is not null || a.Fail(
            Codes.UnknownUser, a.Span(0), $"there is no user {Quoted.Of(a.Value(0))}", "Create the user, or name one that exists.");
    }

    public static bool Group(Assignment a)
    {
        GroupEntry? group;
        if (Numbers.AreDigits(a.Value(0)))
        {
            if (!Numbers.TryRead(a.Value(0), 0, HighestId, out long gid))
            {
                return a.Fail(
                    Codes.UnknownGroup,
                    a.Span(0),
                    $"group {Quoted.Of(a.Value(0))} is above the highest group number",
                    "Name an existing group.");
            }

            group = new("", (uint)gid);
        }
        else
        {
            group = a.Host.FindGroup(a.Text(0));
        }

        a.Draft.Group = group;
        return group is not null || a.Fail(
            Codes.UnknownGroup, a.Span(0), $"there is no group {Quoted.Of(a.Value(0))}", "Create the group, or name one that exists.");
    }

    public static bool Banner(Assignment a)
    {
        a.Draft.Banner = a.Text(0);
        return true;
    }

    public static bool BannerSuccess(Assignment a)
    {
        a.Draft.BannerSuccess = a.Text(0);
        return true;
    }

    public static bool BannerFail(Assignment a)
    {
        a.Draft.BannerFail = a.Text(0);
        return true;
    }

    public static bool Libwrap(Assignment a)
    {
        a.Draft.Libwrap = a.Text(0);
        return true;
    }
}
