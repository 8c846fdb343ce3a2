// One post. Vue writes {{ … }} as text: nothing of a post is ever read as HTML.
export default {
  template: `
    <article class="fl-card" tabindex="0" :data-post="tracked ? post.id : null" :aria-labelledby="id + '-by'"
      :class="{ 'is-open': open, 'is-match': post.matches }" @click="onClick" @keydown.enter.self="toggle">
      <header class="fl-card-head">
        <img v-if="post.avatar" class="fl-avatar" :src="post.avatar" alt="" width="40" height="40">
        <span v-else class="fl-avatar fl-avatar-40" aria-hidden="true">{{ post.initial }}</span>
        <span class="fl-by" :id="id + '-by'"><b>{{ post.name }}</b><span>@{{ post.username }}</span></span>
        <time :datetime="post.iso" :title="post.moment">{{ open ? post.moment : post.date }}</time>
      </header>
      <p class="fl-text" ref="text" dir="auto">{{ post.text }}</p>
      <button v-if="long" type="button" class="fl-link" :aria-expanded="open" @click.stop="toggle">
        {{ open ? "Show less" : "Show more" }}
      </button>
      <footer class="fl-card-foot">
        <span v-if="post.topic" class="fl-chip" :style="{ '--topic': post.topic.color }">
          <span class="fl-dot" aria-hidden="true"></span>
          <span v-if="post.topic.emoji" class="fl-emoji" aria-hidden="true">{{ post.topic.emoji }}</span>
          <span>{{ post.topic.label }}</span>
        </span>
        <span v-for="tag in post.tags" :key="tag" class="fl-tag">#{{ tag }}</span>
        <span v-if="tracked" class="fl-actions">
          <button type="button" class="fl-round fl-like" :aria-pressed="liked" aria-label="Like" @click.stop="like">
            <svg class="fl-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 20.2s-7.7-4.6-7.7-10.3A4.3 4.3 0 0 1 12 7.3a4.3 4.3 0 0 1 7.7 2.6c0 5.7-7.7 10.3-7.7 10.3Z"/></svg>
          </button>
          <button type="button" class="fl-round" aria-label="Share: copy the text" @click.stop="share">
            <svg class="fl-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 14.5V3.8M8 7.5l4-4 4 4M5 12.5V19a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 19 19v-6.5"/></svg>
          </button>
        </span>
        <span v-if="post.rate" class="fl-truth">
          <span v-if="post.matches" class="fl-match">
            <svg class="fl-icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M4.5 12.5 10 18 19.5 6.5"/></svg>Matches
          </span>
          <span class="fl-rate" title="The true chance of a like, when viewed">
            <span class="fl-meter" aria-hidden="true"><span :style="{ width: post.width }"></span></span>
            <b>{{ post.rate }}</b><span class="fl-sr">chance of a like</span>
          </span>
        </span>
      </footer>
    </article>`,
  props: { post: Object, tracked: Boolean },
  data() {
    return { open: false, long: false, liked: false, sent: new Set() };
  },
  computed: {
    id() {
      return "post-" + this.$.uid;
    },
  },
  mounted() {
    // Cut or not depends on the width, so it is measured, and again when the width changes.
    this.sizes = new ResizeObserver(() => this.measure());
    this.sizes.observe(this.$refs.text);
    this.measure();
    if (this.tracked) window.feedlab.watch(this.$el);
  },
  beforeUnmount() {
    this.sizes.disconnect();
    if (this.tracked) window.feedlab.forget(this.$el);
  },
  methods: {
    measure() {
      const text = this.$refs.text;
      if (text && !this.open) this.long = text.scrollHeight > text.clientHeight + 4;
    },
    // Each kind of interaction counts once a card.
    track(type) {
      if (!this.tracked || this.sent.has(type)) return;
      this.sent.add(type);
      window.feedlab.track(this.post.id, type);
    },
    toggle() {
      this.open = !this.open;
      if (this.open) this.track("click");
    },
    onClick() {
      if (getSelection().isCollapsed) this.toggle(); // marking text is not opening
    },
    like() {
      this.liked = !this.liked;
      if (this.liked) this.track("like");
    },
    async share() {
      this.track("share");
      const text = `${this.post.text}\n— ${this.post.name} (@${this.post.username}), ${this.post.date}`;
      const copied = await copy(text);
      window.feedlab.say(copied ? "Copied the text of this post." : "The browser does not allow copying here.");
    },
  },
};

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // The clipboard is for secure origins only; a plain address in a local network is none.
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "fl-sr" });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}
