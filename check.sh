#!/usr/bin/env bash
# The quick checks before a commit: locked packages, layout of the code, a build with warnings as errors, the rooms and their arrows.
set -euo pipefail
cd "$(dirname "$0")"

dotnet restore PamTui.sln --locked-mode -v quiet
dotnet format whitespace PamTui.sln --verify-no-changes --no-restore
dotnet build PamTui.sln -c Release --no-restore --nologo -v quiet
artifacts/bin/PamTui.Tests/release/PamTui.Tests -noColor -noLogo -class PamTui.Tests.ArchitectureTests
