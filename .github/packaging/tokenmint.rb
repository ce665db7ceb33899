# Homebrew formula for the programs of a release.
class Tokenmint < Formula
  desc "@DESCRIPTION@"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@DOWNLOADS@/tokenmint-aarch64-apple-darwin.tgz"
      sha256 "@SUM_aarch64-apple-darwin@"
    end
    on_intel do
      url "@DOWNLOADS@/tokenmint-x86_64-apple-darwin.tgz"
      sha256 "@SUM_x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@DOWNLOADS@/tokenmint-aarch64-unknown-linux-musl.tgz"
      sha256 "@SUM_aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@DOWNLOADS@/tokenmint-x86_64-unknown-linux-musl.tgz"
      sha256 "@SUM_x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "tokenmint"
    man1.install Dir["man/*.1"]
    man5.install Dir["man/*.5"]
    bash_completion.install "completions/tokenmint.bash" => "tokenmint"
    zsh_completion.install "completions/_tokenmint"
    fish_completion.install "completions/tokenmint.fish"
    doc.install "config.example.toml"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/tokenmint --version")
    assert_match "eyJ", shell_output("#{bin}/tokenmint chat --profile emulator --ttl 1h -c lobby=rw")
  end
end
