using System.Collections.Generic;
using Rouse.Config.Diagnostics;
using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Doctor;

/// <summary>Log files, banners and the configuration itself: files that somebody else could lay hands on, or that are not there.</summary>
internal static class OtherFiles
{
    public static void Look(Examination e)
    {
        HashSet<(string, SourceSpan)> told = [];
        foreach (ServiceDefinition service in e.Configuration.Services)
        {
            if (service.LogType.Kind != LogTargetKind.Syslog)
            {
                SourceSpan place = (service.LogType.Kind == LogTargetKind.File ? e.Places.Of(service, "log_type") : e.Places.InDefaults("log_type"))
                    ?? service.Span;
                if (told.Add((service.LogType.Path, place)))
                {
                    LookAtLog(e, service.LogType.Path, place);
                }
            }

            LookAtBanner(e, service, "banner", service.Banner, told);
            LookAtBanner(e, service, "banner_success", service.BannerSuccess, told);
            LookAtBanner(e, service, "banner_fail", service.BannerFail, told);
        }

        foreach (SourceFile file in e.Configuration.Files)
        {
            if (e.Host.Status(file.Path) is { Kind: PathKind.Regular, IsOpenToAll: true })
            {
                e.Warn(
                    Codes.ConfigurationWritable,
                    new SourceSpan(file, 0, 0),
                    $"everybody can write to {Quoted.Of(file.Path)}, and so have the daemon run any program as root. Take the right away: chmod o-w.");
            }
        }
    }

    private static void LookAtLog(Examination e, string path, SourceSpan place)
    {
        string directory = path.LastIndexOf('/') is var slash && slash > 0 ? path[..slash] : "/";
        if (!path.StartsWith('/'))
        {
            e.Warn(
                Codes.LogFileImpossible,
                place,
                $"the log file {Quoted.Of(path)} is no absolute path: where it lies depends on the directory that the daemon was started in. "
                    + "Write the whole path, from / on.");
            return;
        }

        if (e.Host.Status(path) is { Kind: PathKind.Directory })
        {
            Lost($"{Quoted.Of(path)} is a directory");
        }
        else if (e.Host.Status(directory) is not { Kind: PathKind.Directory } status)
        {
            Lost($"there is no directory {Quoted.Of(directory)}");
        }
        else if (status.IsOpenToAll || status.Uid != 0)
        {
            string who = status.IsOpenToAll ? "everybody can write to" : $"user number {status.Uid} owns";
            e.Warn(
                Codes.LogFileExposed,
                place,
                $"{who} the directory {Quoted.Of(directory)} of the log file {Quoted.Of(path)}: a link put there under the file's name has the daemon "
                    + "write to another file as root. Use a directory that is root's alone.");
        }

        void Lost(string what) => e.Warn(
            Codes.LogFileImpossible, place, $"{what}, so that what would be logged to {Quoted.Of(path)} is lost. Make it, or name another file.");
    }

    // The daemon opens a banner for each connection, so that a file that is missing costs a line of the log each time.
    private static void LookAtBanner(Examination e, ServiceDefinition service, string attribute, string path, HashSet<(string, SourceSpan)> told)
    {
        if (path.Length == 0 || !service.Accepts() || e.Files.KindOf(path) == PathKind.Regular)
        {
            return;
        }

        SourceSpan place = e.Places.Of(service, attribute) ?? e.Places.InDefaults(attribute) ?? service.Span;
        if (told.Add((path, place)))
        {
            string what = e.Files.KindOf(path) == PathKind.Missing ? "does not exist" : "is no regular file";
            e.Warn(
                Codes.BannerMissing,
                place,
                $"{Quoted.Of(path)} {what}: peers are shown nothing, and the daemon's log says so for each of them. Make the file, or take the line out.");
        }
    }
}
