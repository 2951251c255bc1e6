// Pictures are loaded six at a time, and given back when they are out of the document.

const AT_ONCE = 6;

const waiting = new Set<QueuedImage>();
let loading = 0;

function next(): void {
  for (const image of waiting) {
    if (loading >= AT_ONCE) {
      return;
    }
    waiting.delete(image);
    loading += 1;
    image.load();
  }
}

/** A picture that waits for its turn; tells `failed` when it cannot be loaded. */
export class QueuedImage extends HTMLElement {
  #url = "";
  #image: HTMLImageElement | undefined;
  #isLoading = false;

  get url(): string {
    return this.#url;
  }

  set url(url: string) {
    if (url !== this.#url) {
      this.#giveBack();
      this.#url = url;
      if (this.isConnected) {
        this.#queue();
      }
    }
  }

  connectedCallback(): void {
    this.#queue();
  }

  disconnectedCallback(): void {
    this.#giveBack();
  }

  #queue(): void {
    if (this.#url !== "" && this.#image == null) {
      waiting.add(this);
      next();
    }
  }

  load(): void {
    const image = new Image();
    this.#image = image;
    this.#isLoading = true;
    image.alt = "";
    image.decoding = "async";
    image.onload = () => {
      this.#done();
      // The one before it is covered, not taken away: no flash.
      this.replaceChildren(image);
    };
    image.onerror = () => {
      this.#done();
      this.dispatchEvent(new CustomEvent("failed"));
    };
    image.src = this.#url;
  }

  #done(): void {
    if (this.#isLoading) {
      this.#isLoading = false;
      loading -= 1;
      next();
    }
  }

  #giveBack(): void {
    waiting.delete(this);
    if (this.#image != null) {
      this.#image.onload = null;
      this.#image.onerror = null;
      this.#image.removeAttribute("src");
      this.#image = undefined;
    }
    this.#done();
    if (!this.isConnected) {
      this.replaceChildren();
    }
  }
}
